import type { SessionListener } from './chat-session.js';
import { CLOCK, retried } from './retried.js';
import type { Batch } from './transcript.js';
import type { V1Client } from './v1-client.js';

/** The server knows a key for ten minutes: whoever tries for longer may be heard twice. */
const GIVE_UP_MS = 300_000;
const KEY_BYTES = 16;

const newKey = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(KEY_BYTES)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Sends what a customer writes: one message after the other, each until the server has taken or refused it. */
export class Sending {
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly client: Pick<V1Client, 'send'>,
    private readonly listener: Pick<SessionListener, 'stands'>,
    private readonly over: AbortSignal,
    private readonly clock = CLOCK,
  ) {}

  /** @throws Refused, NoAnswer when it is given up */
  send(id: string, text: string): Promise<Batch> {
    const key = newKey();
    const sent = this.last.then(() =>
      retried(() => this.client.send(id, text, key), {
        over: this.over,
        giveUpMs: GIVE_UP_MS,
        clock: this.clock,
        onTrouble: () => {
          this.listener.stands('the message has not been taken yet; trying again', true);
        },
      }),
    );
    this.last = sent.catch(() => undefined);
    return sent;
  }
}
