import { shownLine } from './log-line.js';

describe('a log line of a service at the terminal', () => {
  it.each([
    ['an ordinary line stays in the file', '{"level":30,"msg":"request completed"}', undefined],
    ['a warning is shown', '{"level":40,"msg":"Redis is slow"}', 'worker WARN: Redis is slow'],
    [
      'an error names its cause',
      '{"level":50,"err":{"message":"ECONNRESET"},"msg":"append"}',
      'worker ERROR: append: ECONNRESET',
    ],
    ['an error is not said twice', '{"level":50,"err":{"message":"gone"},"msg":"gone"}', 'worker ERROR: gone'],
    ['a level by name counts too', '{"level":"fatal","msg":"no settings"}', 'worker FATAL: no settings'],
    ['a line that mentions a level is no warning', '{"level":30,"msg":"\\"level\\":50"}', undefined],
    ['a line that is no JSON is shown as it is', 'worker: PORT: expected', 'worker: PORT: expected'],
    ['a torn line is shown as it is', '{"level":50,"msg":"to', '{"level":50,"msg":"to'],
    ['an empty line is nothing', ' ', undefined],
  ])('%s', (_, line, shown) => {
    expect(shownLine('worker', line)).toBe(shown);
  });
});
