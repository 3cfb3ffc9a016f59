import type { RawReply } from '../support/http.js';
import type { Attack } from './attack.js';

/** Stack traces, paths of the machine, names of the parts inside. */
const INSIDE =
  /\n\s+at |node_modules|\/dist\/|\.[jt]s:\d+|node:internal|TypeError|RangeError|ReplyError|ioredis|redis:\/\/|\/(?:home|root|work|usr|tmp)\//i;

/** Nothing of the inside of the server stands in an answer, and it is no fault of ours. */
export const expectDiscreet = (text: string): void => {
  expect(text).not.toMatch(INSIDE);
  expect(text).not.toMatch(/INTERNAL_ERROR|^HTTP\/1\.1 500/m);
};

/** The answer to an attack is one that is allowed. @returns its status; 0 where there was none */
export const expectAllowed = (
  { statuses, text }: RawReply,
  { allowed, answers = 1, forbids }: Pick<Attack, 'allowed' | 'answers' | 'forbids'>,
): number => {
  const [status = 0] = statuses;
  const isAllowed = allowed.includes(status);
  // A failure shows the whole answer.
  expect({ status, isAllowed, text: isAllowed ? '' : text }).toEqual({ status, isAllowed: true, text: '' });
  expect(statuses.length).toBeLessThanOrEqual(answers);
  expectDiscreet(text);
  if (forbids !== undefined) expect(text).not.toMatch(forbids);
  return status;
};
