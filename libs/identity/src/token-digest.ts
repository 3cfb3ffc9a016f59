import { createHash } from 'node:crypto';

/**
 * The SHA-256 of a token in hexadecimal digits. Tokens are looked up by it alone: how long a look-up takes then says
 * nothing of a token, as nobody can choose what digest his guess has.
 */
export const tokenDigest = (token: string): string => createHash('sha256').update(token).digest('hex');
