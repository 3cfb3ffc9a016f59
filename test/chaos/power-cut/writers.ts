import { type HttpReply, HttpClient } from '../../support/http.js';

/** A message and where it was answered to be. */
export interface Kept {
  readonly text: string;
  readonly position: number;
}

interface Chat {
  readonly id: string;
  readonly kept: Kept[];
  count: number;
}

interface ChatReply {
  readonly transcriptPosition: string;
  readonly transcriptToShow?: readonly (readonly [type: string, nickname: string, text: string])[];
}

const SERVICE = '/genesys/1/service';
/** After a gateway that does not answer, in milliseconds. */
const PAUSE_MS = 20;
/** How long nobody may be answered before something else is wrong than what was broken on purpose, in milliseconds. */
const SILENT_MS = 30_000;

/** Customers who write as fast as they are answered, one message at a time each; what was not answered is sent again. */
export class Writers {
  private readonly client: HttpClient;
  private readonly chats: Chat[] = [];
  /** Messages that were answered 200. */
  kept = 0;
  private isStopped = false;
  private answeredMs = 0;

  constructor(url: string) {
    this.client = new HttpClient(url);
  }

  async start(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1) {
      const service = await this.client.post(`${SERVICE}/request-chat`);
      const { _id: id } = service.json() as { readonly _id: string };
      await this.client.post(`${SERVICE}/${id}/ixn/chat`, { form: { firstName: 'Ann' } });
      this.chats.push({ id, kept: [], count: 0 });
    }
  }

  /** Writes until so many messages more have been answered. @throws Error when nobody is answered any more */
  async write(messages: number): Promise<void> {
    const goal = this.kept + messages;
    this.isStopped = false;
    this.answeredMs = performance.now();
    await Promise.all(
      this.chats.map(async (chat) => {
        while (this.kept < goal && !this.isStopped) await this.send(chat);
      }),
    );
  }

  /** Nobody writes any more; what is on its way is sent again by the next `write`. */
  stop(): void {
    this.isStopped = true;
  }

  get ids(): readonly string[] {
    return this.chats.map(({ id }) => id);
  }

  /** Compares what was answered with what is there; each difference in words. */
  async check(): Promise<{ readonly lost: readonly string[]; readonly doubled: readonly string[] }> {
    const [lost, doubled]: [string[], string[]] = [[], []];
    for (const { id, kept } of this.chats) {
      const reply = await this.client.post(`${SERVICE}/${id}/ixn/chat/refresh`, { form: { transcriptPosition: '1' } });
      const { transcriptToShow = [], transcriptPosition } = reply.json() as ChatReply;
      const end = Number(transcriptPosition);
      const texts = transcriptToShow.map(([, , text]) => text);
      const at = (position: number): string | undefined => texts[position - 1 - (end - texts.length)];
      for (const { text, position } of kept) {
        if (at(position) !== text) lost.push(`${id}: "${text}", answered at ${position}`);
      }
      const seen = new Set<string>();
      for (const text of texts) {
        if (seen.has(text)) doubled.push(`${id}: "${text}"`);
        seen.add(text);
      }
    }
    return { lost, doubled };
  }

  close(): void {
    this.client.close();
  }

  /** One message, with the same key until it is answered. */
  private async send(chat: Chat): Promise<void> {
    const text = `message ${chat.count}`;
    const options = { form: { message: text }, headers: { 'Idempotency-Key': `key-${chat.count}` } };
    const reply: HttpReply | undefined = await this.client
      .post(`${SERVICE}/${chat.id}/ixn/chat/send`, options)
      .catch(() => undefined);
    if (reply?.status !== 200) {
      if (performance.now() - this.answeredMs > SILENT_MS) throw new Error(`nobody was answered for ${SILENT_MS} ms`);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      return;
    }
    const { transcriptPosition } = reply.json() as ChatReply;
    chat.kept.push({ text, position: Number(transcriptPosition) });
    chat.count += 1;
    this.kept += 1;
    this.answeredMs = performance.now();
  }
}
