import * as fc from 'fast-check';
import { checkJsonShape } from './json-shape.js';
import { DEFAULT_LIMITS } from './limits.js';
import { readMessages } from './message.js';
import { BayeuxRequestError } from './request-error.js';

const read = (value: unknown) => readMessages(JSON.stringify(value), DEFAULT_LIMITS);

describe('the shape of JSON', () => {
  const check = (text: string) => () => {
    checkJsonShape(text, { ...DEFAULT_LIMITS, depth: 3, messages: 3 });
  };

  it('does not look into strings', () => {
    expect(check('["[[[[[[", "{{{{{{\\"[[[[", "\\\\"]')).not.toThrow();
    expect(check('{"a":",,,,,,"}')).not.toThrow();
  });

  it('counts depth and messages', () => {
    expect(check('[[[]],[{}]]')).not.toThrow();
    expect(check('[[{"a":[]}]]')).toThrow('at most 3 deep');
    expect(check(' [1,2,3]')).not.toThrow();
    expect(check(' [1,2,3,4]')).toThrow('at most 3 messages');
  });

  it('takes many keys for no messages', () => {
    expect(check('{"a":1,"b":2,"c":3,"d":4,"e":[1,2,3,4,5]}')).not.toThrow();
  });

  it('leaves broken JSON to the parser', () => {
    expect(check('"abc')).not.toThrow();
    expect(check('"abc\\')).not.toThrow();
    expect(check(']]]]}')).not.toThrow();
  });
});

describe('messages', () => {
  it('are read from an object or an array', () => {
    expect(read({ channel: '/a' })).toHaveLength(1);
    expect(read([{ channel: '/a' }, { channel: '/b' }])).toHaveLength(2);
    expect(read([])).toEqual([]);
  });

  it('keep what is used, and nothing else', () => {
    const message = {
      channel: '/meta/connect',
      clientId: 'c',
      id: 0,
      connectionType: 'websocket',
      advice: { timeout: 0, interval: 7 },
      ext: { ack: -1, transcriptPosition: '4', other: [] },
      data: { large: 'x' },
      error: 'made up',
    };
    expect(read(message)).toEqual([
      {
        channel: '/meta/connect',
        clientId: 'c',
        id: 0,
        connectionType: 'websocket',
        timeoutMs: 0,
        ack: 0,
        transcriptPosition: '4',
        subscription: undefined,
        supportedConnectionTypes: undefined,
      },
    ]);
  });

  it('may have null for nothing', () => {
    expect(
      read({ channel: '/a', clientId: null, id: null, ext: null, advice: null, subscription: null }),
    ).toMatchObject([{ clientId: undefined, id: undefined, ack: undefined, subscription: undefined }]);
  });

  it('leave acknowledgements of other kinds to other extensions', () => {
    expect(read({ channel: '/a', ext: { ack: { enabled: true } } })).toMatchObject([{ ack: undefined }]);
  });

  it('that are none are refused with a reason, whatever they are', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json({ maxDepth: 6 }), fc.string()), (text) => {
        try {
          return readMessages(text, DEFAULT_LIMITS).every(({ channel }) => typeof channel === 'string');
        } catch (error) {
          return error instanceof BayeuxRequestError;
        }
      }),
    );
  });
});
