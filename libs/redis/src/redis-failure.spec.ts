import { classifyRedisFailure } from './redis-failure.js';

/** As the client throws what Redis answers. */
const reply = (message: string): Error => Object.assign(new Error(message), { name: 'ReplyError' });

describe('what a failed command means for the data', () => {
  it.each([
    ['OOM command not allowed when used memory > maxmemory', 'refused'],
    ['MISCONF Errors writing to the AOF file: No space left on device', 'refused'],
    ['NOREPLICAS Not enough good replicas to write.', 'refused'],
    ["READONLY You can't write against a read only replica.", 'not-applied-yet'],
    ['LOADING Redis is loading the dataset in memory', 'not-applied-yet'],
    ['CLUSTERDOWN The cluster is down', 'not-applied-yet'],
    ['MASTERDOWN Link with MASTER is down', 'not-applied-yet'],
    ['TRYAGAIN Multiple keys request during rehashing of slot', 'not-applied-yet'],
    ['BUSY Redis is busy running a script.', 'not-applied-yet'],
    ['NOSCRIPT No matching script. Please use EVAL.', 'script-missing'],
    ['ERR Error running script: user_script:3: attempt to index a nil value', 'broken'],
    ['WRONGTYPE Operation against a key holding the wrong kind of value', 'broken'],
    // The word alone decides, not its beginning.
    ['OOMPH', 'broken'],
    ['BUSYGROUP Consumer Group name already exists', 'broken'],
  ])('%j is %s', (message, failure) => {
    expect(classifyRedisFailure(reply(message))).toBe(failure);
  });

  it.each([
    Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }),
    new Error('Connection is closed.'),
    new Error('Socket timeout. Expecting data, but didn’t receive any in 1500ms.'),
    Object.assign(new Error('Reached the max retries per request limit'), { name: 'MaxRetriesPerRequestError' }),
    Object.assign(new Error('Failed to refresh slots cache.'), { name: 'ClusterAllFailedError' }),
  ])('anything about the connection or time leaves it unknown: $message', (error) => {
    expect(classifyRedisFailure(error)).toBe('unknown');
  });

  it.each([new TypeError('x is not a function'), new RangeError('too deep'), new SyntaxError('no JSON'), 'text', null])(
    'a fault of our own code is no fault of the network: %p',
    (error) => {
      expect(classifyRedisFailure(error)).toBe('broken');
    },
  );
});
