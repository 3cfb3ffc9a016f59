import type { SessionListener } from './chat-session.js';
import { CLOCK } from './retried.js';
import { Refused, type ServiceStatus, type V1Client } from './v1-client.js';

/** How often the status of an advanced service is asked for, in milliseconds. */
const STATUS_EVERY_MS = 2_000;

/** What an advanced service shows, in a sentence. */
export const statusText = ({ _status: status, _dialog: dialog }: Omit<ServiceStatus['message'], '_id'>): string =>
  dialog === '' ? `status: ${status}` : `status: ${status}, dialog: ${dialog}`;

/** Asks for the status of an advanced service until an agent is there. */
export const untilAvailable = async (
  client: Pick<V1Client, 'status'>,
  id: string,
  listener: Pick<SessionListener, 'stands'>,
  over: AbortSignal,
): Promise<void> => {
  while (!over.aborted) {
    try {
      const { message } = await client.status(id);
      listener.stands(statusText(message));
      if (message._status === 'available') return;
    } catch (error) {
      if (error instanceof Refused && error.status === 404) throw error;
      listener.stands('the server does not answer; asking again', true);
    }
    await CLOCK.pause(STATUS_EVERY_MS, over);
  }
};
