import {
  customerNickname,
  DEFAULT_REQUEST_LIMITS,
  type Parameters,
  parseParameters,
  readDisconnect,
  readRefresh,
  readSend,
  readStartChat,
  readTyping,
  RequestError,
} from './index.js';

const of = (values: Readonly<Record<string, string>>): Parameters =>
  parseParameters({
    query: new URLSearchParams(values).toString(),
    contentType: undefined,
    body: undefined,
    limits: DEFAULT_REQUEST_LIMITS,
  });

/** Kind and message of a refusal. */
const refusal = (attempt: () => unknown): string => {
  try {
    attempt();
  } catch (error) {
    if (error instanceof RequestError) return `${error.kind}: ${error.message}`;
    throw error;
  }
  return 'accepted';
};

describe('the verbose flag', () => {
  it.each([
    ['true', true],
    ['True', true],
    ['TRUE', true],
    ['false', false],
    ['1', false],
    ['yes', false],
    ['', false],
  ])('%j is %s', (text, verbose) => {
    const parameters = of({ _verbose: text });
    expect(readTyping(parameters)).toEqual({ verbose });
    expect(readDisconnect(parameters)).toEqual({ verbose });
    expect(readRefresh(parameters).verbose).toBe(verbose);
  });
});

describe('a request to start the chat', () => {
  it('attaches what is known of the customer under its GMS names, and all business data', () => {
    const request = readStartChat(
      of({
        _verbose: 'true',
        _ttl: '60',
        notify_by: 'comet',
        firstName: 'Vasya',
        lastName: 'Pupkin',
        email: 'Vasya.Pupkin@example.com',
        subject: 'test',
        TimeZone: '-420',
        account: ' 0042 ',
        _custom: 'kept',
        nothing: '',
      }),
    );
    expect(request).toEqual({
      verbose: true,
      firstName: 'Vasya',
      lastName: 'Pupkin',
      email: 'Vasya.Pupkin@example.com',
      subject: 'test',
      userDisplayName: undefined,
      nickname: 'VasyaP',
      notifyBy: 'comet',
      timeZoneOffsetMin: -420,
      push: undefined,
      attachedData: {
        account: ' 0042 ',
        _custom: 'kept',
        fldnFirstName: 'Vasya',
        fldnLastName: 'Pupkin',
        fldnEmailAddress: 'Vasya.Pupkin@example.com',
        subject: 'test',
      },
    });
  });

  it('knows the other spellings', () => {
    const { attachedData, nickname } = readStartChat(
      of({ FirstName: 'Buzz', LastName: 'Brain', EmailAddress: 'b@example.com', fldnFirstName: 'loses' }),
    );
    expect(nickname).toBe('BuzzB');
    expect(attachedData).toEqual({ fldnFirstName: 'Buzz', fldnLastName: 'Brain', fldnEmailAddress: 'b@example.com' });
  });

  it('needs nothing at all', () => {
    expect(readStartChat(of({}))).toMatchObject({ nickname: 'Anonymous', attachedData: {}, notifyBy: undefined });
  });

  it('takes the registration for push out of the business data', () => {
    const { push, attachedData } = readStartChat(of({ push_notification_deviceid: 'd', subscriptionID: 's', a: '1' }));
    expect(push).toEqual({ push_notification_deviceid: 'd', subscriptionID: 's' });
    expect(attachedData).toEqual({ a: '1' });
  });

  it('attaches names of object parts as ordinary ones', () => {
    const { attachedData } = readStartChat(of({ ['__proto__']: 'x', constructor: 'y' }));
    expect(Object.entries(attachedData)).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'y'],
    ]);
  });

  it.each(['Comet', 'poll', 'comet '])('cannot be notified by %j', (notify_by) => {
    expect(refusal(() => readStartChat(of({ notify_by })))).toMatch(
      /^incorrect-value: notify_by must be "comet", got a/,
    );
  });

  it.each(['1441', '-1441', '1.5', 'UTC', '+60', '1e2'])(
    'cannot come from the time zone %j',
    (clientTimeZoneOffset) => {
      expect(refusal(() => readStartChat(of({ clientTimeZoneOffset })))).toMatch(
        /^incorrect-value: clientTimeZoneOffset /,
      );
    },
  );

  it.each(['-1440', '0', '1440'])('can come from the time zone %s', (TimeZone) => {
    expect(readStartChat(of({ TimeZone })).timeZoneOffsetMin).toBe(Number(TimeZone));
  });
});

describe('the nickname', () => {
  it.each([
    [{ firstName: 'Vasya', lastName: 'Pupkin' }, 'VasyaP'],
    [{ firstName: 'Vasya' }, 'Vasya'],
    [{ lastName: 'Pupkin' }, 'P'],
    [{ firstName: 'Zoë', lastName: '😀x' }, 'Zoë😀'],
    [{ firstName: 'Vasya', lastName: 'Pupkin', userDisplayName: 'VP of chat' }, 'VP of chat'],
    [{ firstName: 'Vasya', userDisplayName: '  ' }, 'Vasya'],
    [{ firstName: ' ' }, 'Anonymous'],
    [{}, 'Anonymous'],
    [{ userDisplayName: '😀'.repeat(128) }, '😀'.repeat(128)],
  ])('of %j is %s', (name, nickname) => {
    expect(customerNickname(name)).toBe(nickname);
  });

  it.each([
    [{ userDisplayName: 'a\nb' }, 'userDisplayName'],
    [{ userDisplayName: 'a\tb' }, 'userDisplayName'],
    [{ userDisplayName: 'a\u2028b' }, 'userDisplayName'],
    [{ userDisplayName: 'x'.repeat(129) }, 'userDisplayName'],
    [{ firstName: 'a\r\nAGENT' }, 'firstName'],
    [{ firstName: 'x'.repeat(128), lastName: 'y' }, 'firstName'],
    [{ firstName: 'a', lastName: '\u0085' }, 'lastName'],
  ])('of %j is one short line', (name, culprit) => {
    expect(refusal(() => customerNickname(name))).toMatch(new RegExp(`^incorrect-value: ${culprit} must be one line`));
  });
});

describe('a transcriptPosition', () => {
  it.each([
    ['0', 0],
    ['1', 1],
    ['007', 7],
    ['-1', 0],
    ['-5', 0],
    ['-0', 0],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['9007199254740993', Number.MAX_SAFE_INTEGER],
    ['9'.repeat(20), Number.MAX_SAFE_INTEGER],
    [`-${'9'.repeat(20)}`, 0],
  ])('%s is %d', (text, position) => {
    expect(readRefresh(of({ transcriptPosition: text })).transcriptPosition).toBe(position);
  });

  it.each([
    '1.5',
    '1e309',
    '1e2',
    'NaN',
    'Infinity',
    '1-0',
    '$',
    '+',
    '-',
    ' 1',
    '1 ',
    '1\n',
    '0x10',
    '１',
    '٣',
    '9'.repeat(21),
    '9'.repeat(400),
    '5"',
  ])('%j is refused', (transcriptPosition) => {
    expect(refusal(() => readRefresh(of({ transcriptPosition })))).toBe(
      `incorrect-value: transcriptPosition must be a whole number of at most 20 digits, got a text of ${transcriptPosition.length} characters`,
    );
  });

  it('that is empty or not there leaves it to the server', () => {
    expect(readRefresh(of({ transcriptPosition: '' })).transcriptPosition).toBeUndefined();
    expect(readRefresh(of({})).transcriptPosition).toBeUndefined();
  });

  it.each([
    ['5', 5],
    ['-3', 0],
    ['9007199254740993', Number.MAX_SAFE_INTEGER],
    ['"7"', 7],
  ])('may be %s in JSON', (json, position) => {
    const body = Buffer.from(`{"transcriptPosition":${json}}`);
    const parameters = parseParameters({
      query: undefined,
      contentType: 'application/json',
      body,
      limits: DEFAULT_REQUEST_LIMITS,
    });
    expect(readRefresh(parameters).transcriptPosition).toBe(position);
  });
});

describe('a message', () => {
  it('is needed to send, and not to refresh', () => {
    expect(refusal(() => readSend(of({ message: '' })))).toBe('incorrect-value: message must be a text, got nothing');
    expect(readRefresh(of({})).message).toBeUndefined();
  });

  it('is kept as it is', () => {
    expect(readSend(of({ message: '  ' }))).toEqual({ verbose: false, message: '  ', messageId: undefined });
  });

  it('is counted in characters', () => {
    expect(readSend(of({ message: '😀'.repeat(5) }), 5).message).toHaveLength(10);
    expect(refusal(() => readSend(of({ message: 'secret' }), 5))).toBe(
      'too-large: message must have at most 5 characters, got 6',
    );
    expect(refusal(() => readRefresh(of({ message: 'a'.repeat(4_097) })))).toMatch(/^too-large: message/);
    expect(readRefresh(of({ message: '😀'.repeat(4_096) })).message).toHaveLength(8_192);
  });

  it('may carry an id of printable ASCII', () => {
    expect(readSend(of({ message: 'a', _message_id: 'c0ffee-1 ~' })).messageId).toBe('c0ffee-1 ~');
    expect(readRefresh(of({ _message_id: '' })).messageId).toBeUndefined();
    for (const id of ['é', 'a\tb', 'x'.repeat(129)]) {
      expect(refusal(() => readRefresh(of({ _message_id: id })))).toMatch(
        /^incorrect-value: _message_id must be 1 to 128/,
      );
    }
  });
});
