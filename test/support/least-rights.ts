import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The line of docs/redis.md that makes the user with the least rights; what is tested is what is documented. */
export const leastRights = (): readonly string[] => {
  const guide = readFileSync(join(process.cwd(), 'docs/redis.md'), 'utf8');
  const [, line] = /^ACL SETUSER parley (.+)$/m.exec(guide) ?? [];
  if (line === undefined) throw new Error('docs/redis.md has no line that begins with "ACL SETUSER parley"');
  return line.split(' ');
};
