import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A thread needs compiled code; where only the sources are beside us (tests), the last build is in dist. */
export const threadFile = (): string => {
  const beside = fileURLToPath(new URL('./thread/logic-thread.js', import.meta.url));
  if (existsSync(beside)) return beside;
  return fileURLToPath(new URL('../../../dist/libs/logic/src/thread/logic-thread.js', import.meta.url));
};
