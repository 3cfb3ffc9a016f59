import { formRequest, type Load } from '../driver/load.js';

/** Requests in flight at once. */
export const CONNECTIONS = 64;

/** A message of ordinary length: with it the reply is about 240 bytes long. */
const MESSAGE = 'message=Hi+there';

/** `POST …/refresh` with a message, session after session. */
export const writeLoad = (ports: readonly number[], ids: readonly string[]): Load => ({
  ports,
  connections: CONNECTIONS,
  requests: ids.map((id) => formRequest(`/genesys/1/service/${id}/ixn/chat/refresh`, MESSAGE)),
});

/**
 * Brings sessions to different lengths, 0 to `spread` - 1 messages: what happens once in so many messages (a checkpoint)
 * then happens evenly, as it does among real chats, and not to all sessions at the same time.
 */
export const spreadLoad = (ports: readonly number[], ids: readonly string[], spread: number): Load => {
  const longer = Array.from({ length: spread - 1 }, (_, length) => ids.filter((__, index) => index % spread > length));
  return writeLoad(ports, longer.flat());
};
