import { randomBytes } from 'node:crypto';
import { TRANSIENT_PREFIX } from '@app/domain';

const PREFIX = TRANSIENT_PREFIX + randomBytes(9).toString('base64url');
let count = 0;

/** A command id that no other process makes: a random prefix of this one and a count. */
export const newCommandId = (): string => `${PREFIX}${(count += 1).toString(36)}`;

/** The id of a command that the client named itself; his names never meet those made here or by agents. */
export const clientCommandId = (key: string): string => `k:${key}`;
