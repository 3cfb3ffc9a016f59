import { chatForm, type ChatSession, type Plan, serviceForm, type SessionListener } from './chat-session.js';
import { CLOCK, isOver, retried } from './retried.js';
import { Sending } from './sending.js';
import { type Batch, NOTHING_YET, positionAfter } from './transcript.js';
import { Refused, type V1Client } from './v1-client.js';
import { untilAvailable } from './waiting.js';

/** How often new events are asked for, in milliseconds, and how long after trouble at most. */
const REFRESH_EVERY_MS = 2_000;
const TROUBLE_MAX_MS = 15_000;
const CONNECTED = 'connected, by polling';

/** A chat by polling: `refresh` with the last position again and again. */
export class PollSession implements ChatSession {
  private readonly over = new AbortController();
  private readonly sending: Sending;
  private id = '';
  private isStarted = false;
  private position = NOTHING_YET.position;

  constructor(
    private readonly client: V1Client,
    private readonly plan: Plan,
    private readonly listener: SessionListener,
  ) {
    this.sending = new Sending(client, listener, this.over.signal);
  }

  async start(): Promise<void> {
    const { client, plan } = this;
    const { _id: id } = await client.create(plan.service, serviceForm(plan));
    await this.resume(id, false);
  }

  async resume(id: string, isStarted: boolean): Promise<void> {
    const { client, plan, listener, over } = this;
    this.id = id;
    if (!isStarted) {
      if (isOver(over.signal)) {
        this.drop();
        return;
      }
      listener.reached(id, false);
      // The agent may go before the chat has started; then there is one to wait for again.
      await retried(
        async () => {
          if (plan.service === 'advanced-chat-poll') await untilAvailable(client, id, listener, over.signal);
          if (!isOver(over.signal)) await client.startChat(id, chatForm(plan));
        },
        {
          over: over.signal,
          onTrouble: () => {
            listener.stands('the chat cannot be started yet; trying again', true);
          },
        },
      );
      if (isOver(over.signal)) return;
    }
    this.isStarted = true;
    listener.reached(id, true);
    listener.stands(CONNECTED);
    void this.refreshAll();
  }

  async send(text: string): Promise<void> {
    this.take(await this.sending.send(this.id, text));
    this.listener.stands(CONNECTED);
  }

  async typing(isTyping: boolean): Promise<void> {
    this.take(await this.client.chat(this.id, isTyping ? 'startTyping' : 'stopTyping'));
  }

  async end(): Promise<void> {
    this.take(await this.client.chat(this.id, 'disconnect'));
  }

  close(): void {
    this.over.abort();
    if (this.id !== '' && !this.isStarted) this.drop();
  }

  private drop(): void {
    // Nobody is there any more who could be told that it did not work.
    this.client.drop(this.id).catch(() => undefined);
  }

  private async refreshAll(): Promise<void> {
    let againMs = REFRESH_EVERY_MS;
    const { signal } = this.over;
    while (!isOver(signal)) {
      try {
        this.take(await this.client.chat(this.id, 'refresh', { transcriptPosition: String(this.position) }));
        if (againMs > REFRESH_EVERY_MS && !isOver(signal)) this.listener.stands(CONNECTED);
        againMs = REFRESH_EVERY_MS;
      } catch (error) {
        // Some deployments answer 400 when a chat is over.
        if (error instanceof Refused && (error.status === 404 || error.status === 400)) {
          this.finish(error.status === 404 ? 'the server does not know this chat any more' : 'the chat is over');
          return;
        }
        againMs = Math.min(TROUBLE_MAX_MS, againMs * 2);
        this.listener.stands('the server does not answer; trying again', true);
      }
      await CLOCK.pause(againMs, signal);
    }
  }

  private take(batch: Batch): void {
    this.position = positionAfter(this.position, batch);
    this.listener.told(batch);
    if (batch.chatIxnState === 'DISCONNECTED') this.finish('the chat is over');
  }

  private finish(why: string): void {
    this.over.abort();
    this.listener.over(why);
  }
}
