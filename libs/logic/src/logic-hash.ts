import { createHash } from 'node:crypto';

/** The name of a version of a logic: 16 hexadecimal digits of SHA-256 over its content. */
export const hashOfLogic = (source: string): string => createHash('sha256').update(source).digest('hex').slice(0, 16);
