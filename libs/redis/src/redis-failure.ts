/** What a failed command means for the data. */
export type RedisFailure =
  /** Redis said no before it did anything; another try may succeed soon. */
  | 'not-applied-yet'
  /** Redis said no before it did anything and will say so again until somebody acts (memory, disk). */
  | 'refused'
  /** The connection broke or time ran out: it may have been applied. */
  | 'unknown'
  /** Redis does not know the script: it was restarted or flushed. */
  | 'script-missing'
  /** The command itself is wrong: a fault of ours. */
  | 'broken';

const REFUSED = /^(OOM|MISCONF|NOREPLICAS)\b/;
const NOT_YET = /^(MOVED|ASK|READONLY|LOADING|CLUSTERDOWN|MASTERDOWN|TRYAGAIN|BUSY|UNBLOCKED)\b/;

/** Classifies what the Redis client threw. */
export const classifyRedisFailure = (error: unknown): RedisFailure => {
  if (!(error instanceof Error)) return 'broken';
  if (error.name === 'ReplyError') {
    if (REFUSED.test(error.message)) return 'refused';
    if (NOT_YET.test(error.message)) return 'not-applied-yet';
    if (error.message.startsWith('NOSCRIPT')) return 'script-missing';
    return 'broken';
  }
  // A fault of our own code is not a fault of the network, whatever object it happened on.
  if (error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError) return 'broken';
  return 'unknown';
};
