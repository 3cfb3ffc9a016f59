import {
  DEFAULT_REQUEST_LIMITS,
  DEVICE_SYSTEMS,
  type Parameters,
  parseParameters,
  readCreate,
  readPoke,
  readStatus,
} from './index.js';

const of = (query: string): Parameters =>
  parseParameters({ query, contentType: undefined, body: undefined, limits: DEFAULT_REQUEST_LIMITS });

describe('a request for a service', () => {
  it('keeps every other key as business data', () => {
    const query =
      '_verbose=true&_ttl=60&_chat_endpoint=e&clientTimeZoneOffset=120&_custom=c&firstName=Buzz&empty=&a[]=+1';
    expect(readCreate(of(query))).toEqual({
      verbose: true,
      ttlS: 60,
      chatEndpoint: 'e',
      timeZoneOffsetMin: 120,
      deviceOs: undefined,
      deviceNotificationId: undefined,
      businessData: { _custom: 'c', firstName: 'Buzz', 'a[]': ' 1' },
    });
  });

  it.each(['_device_os=ios&_device_notification_id=d', 'device_os=iOS&device_notification_id=d'])(
    'knows the device of %s',
    (query) => {
      expect(readCreate(of(query))).toMatchObject({ deviceOs: 'ios', deviceNotificationId: 'd', businessData: {} });
    },
  );

  it('knows all kinds of devices, and no other', () => {
    for (const system of DEVICE_SYSTEMS) expect(readCreate(of(`device_os=${system}`)).deviceOs).toBe(system);
    for (const system of ['symbian', 'constructor']) {
      expect(() => readCreate(of(`device_os=${system}`))).toThrow(
        /^device_os must be one of ios, android, .*, got a text of \d+ characters$/,
      );
    }
  });

  it.each(['0', '-1', '1.5', '1e3', 'forever', '9'.repeat(21)])('cannot live for %s seconds', (ttl) => {
    expect(() => readCreate(of(`_ttl=${ttl}`))).toThrow('_ttl must be a whole number of seconds ≥ 1, got a text of');
  });

  it('lives for the default when the time is empty', () => {
    expect(readCreate(of('_ttl=')).ttlS).toBeUndefined();
  });
});

describe('a status request', () => {
  it('hands on business data', () => {
    expect(readStatus(of('_verbose=true&step=2'))).toEqual({
      verbose: true,
      wantsDialog: false,
      businessData: { step: '2' },
    });
  });

  it.each([
    ['dialog', true],
    ['https://example.org/', false],
    ['true', false],
  ])('of a form asks for the next dialog with _redirect=%s: %s', (redirect, wantsDialog) => {
    const request = readStatus(of(`_redirect=${encodeURIComponent(redirect)}`));
    expect(request).toEqual({ verbose: false, wantsDialog, businessData: {} });
  });
});

describe('a poke', () => {
  it('has a text, a proof and business data', () => {
    expect(readPoke(of('poke_message=hi&token=t&a=1'))).toEqual({
      verbose: false,
      pokeMessage: 'hi',
      token: 't',
      businessData: { a: '1' },
    });
  });
});
