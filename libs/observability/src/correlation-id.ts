import { randomBytes } from 'node:crypto';

const ACCEPTED = /^[A-Za-z0-9._-]{1,64}$/;

const PREFIX = randomBytes(6).toString('base64url');
let count = 0;

/** The id that ties the log lines of one request together: the caller's own, when it is a sound one, or a new one. */
export const correlationId = (header: string | undefined): string =>
  header !== undefined && ACCEPTED.test(header) ? header : `${PREFIX}-${(count += 1).toString(36)}`;
