import { setTimeout as pause } from 'node:timers/promises';
import { type Chat, chatPath, readFrom, startChat, textsOf } from '../conformance/customer.js';
import type { ChatBody } from '../conformance/customer.js';
import { HttpClient } from '../support/http.js';

/** A message that was answered 200. */
interface Kept {
  readonly text: string;
  readonly position: number;
}

/** A customer who writes one message after the other, and what he was told. */
interface Writer {
  readonly chat: Chat;
  readonly kept: Kept[];
  /** When messages were answered 200, in milliseconds of the monotonic clock. */
  readonly keptAtMs: number[];
  sent: number;
}

/** What reading everything afresh has shown. */
export interface LoadVerdict {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  /** Elsewhere than was answered. */
  readonly misplaced: readonly string[];
  /** Transcripts that differ from one gateway to another. */
  readonly unlike: readonly string[];
  /** Answers that are neither 200 nor 503. */
  readonly strange: readonly string[];
}

export const FAULTLESS: LoadVerdict = { lost: [], doubled: [], misplaced: [], unlike: [], strange: [] };

/** Between two messages of a writer, and before the next try of one, in milliseconds. */
const PACE_MS = 20;
const AGAIN_MS = 50;
const REPLY_LIMIT_MS = 5_000;
/** At the end every writer waits for the answer to his last message so long, in milliseconds. */
const FINISH_MS = 30_000;

/**
 * Customers who write through all gateways in turn, each message with an Idempotency-Key and tried until it is answered
 * 200, while something is broken.
 */
export class MessageLoad {
  private readonly clients: readonly HttpClient[];
  private readonly writers: Writer[] = [];
  private readonly strange: string[] = [];
  private running: readonly Promise<void>[] = [];
  private isStopping = false;
  private giveUpMs = Number.POSITIVE_INFINITY;
  private turn = 0;

  constructor(gateways: readonly { readonly url: string }[]) {
    this.clients = gateways.map(({ url }) => new HttpClient(url));
  }

  async start(chats: number): Promise<void> {
    for (let count = 0; count < chats; count += 1) {
      const chat = await startChat(this.next());
      this.writers.push({ chat, kept: [], keptAtMs: [], sent: 0 });
    }
    this.running = this.writers.map((writer) => this.write(writer));
  }

  /** Messages that were answered 200 so far. @throws when there were answers that nobody expects */
  get kept(): number {
    if (this.strange.length > 0) throw new Error(`unexpected answers: ${this.strange.slice(0, 5).join('; ')}`);
    return this.writers.reduce((sum, { kept }) => sum + kept.length, 0);
  }

  /** Chats in which a message was answered 200 after that moment of the monotonic clock. */
  chatsKeptSince(sinceMs: number): number {
    return this.writers.filter(({ keptAtMs }) => (keptAtMs.at(-1) ?? 0) > sinceMs).length;
  }

  get chatIds(): readonly string[] {
    return this.writers.map(({ chat }) => chat.id);
  }

  /** The longest time that some chats were without a kept message, in milliseconds. */
  longestGapMs(isMeant: (chatId: string) => boolean = () => true): number {
    const gaps = this.writers
      .filter(({ chat }) => isMeant(chat.id))
      .flatMap(({ keptAtMs }) => keptAtMs.slice(1).map((atMs, index) => atMs - (keptAtMs[index] ?? atMs)));
    return Math.round(Math.max(0, ...gaps));
  }

  /** Lets everybody finish the message that he is at, and reads all transcripts through every gateway. */
  async finish(): Promise<LoadVerdict> {
    this.isStopping = true;
    this.giveUpMs = performance.now() + FINISH_MS;
    await Promise.all(this.running);
    const verdict = { lost: [], doubled: [], misplaced: [], unlike: [], strange: this.strange } as {
      [Key in keyof LoadVerdict]: string[];
    };
    for (const writer of this.writers) await this.compare(writer, verdict);
    return verdict;
  }

  close(): void {
    this.isStopping = true;
    this.giveUpMs = 0;
    for (const client of this.clients) client.close();
  }

  private next(): HttpClient {
    this.turn += 1;
    const client = this.clients[this.turn % this.clients.length];
    if (client === undefined) throw new Error('a load needs a gateway');
    return client;
  }

  private async write(writer: Writer): Promise<void> {
    while (!this.isStopping) {
      writer.sent += 1;
      const text = `message-${writer.sent}`;
      const position = await this.keptAt(writer.chat, text);
      if (position === undefined) return;
      writer.kept.push({ text, position });
      writer.keptAtMs.push(performance.now());
      await pause(PACE_MS);
    }
  }

  private async keptAt({ id }: Chat, text: string): Promise<number | undefined> {
    while (performance.now() < this.giveUpMs) {
      const reply = await this.next()
        .post(chatPath(id, 'send'), {
          ...{ headers: { 'Idempotency-Key': text }, form: { message: text }, timeoutMs: REPLY_LIMIT_MS },
        })
        .catch(() => undefined);
      if (reply?.status === 200) return Number((reply.json() as ChatBody).transcriptPosition);
      if (reply !== undefined && reply.status !== 503) {
        this.strange.push(`${id}: ${text}: ${reply.status} ${reply.text}`);
      }
      await pause(AGAIN_MS);
    }
    return undefined;
  }

  private async compare({ chat, kept }: Writer, verdict: { [Key in keyof LoadVerdict]: string[] }): Promise<void> {
    const transcripts = [];
    for (const client of this.clients) transcripts.push(await readFrom(client, chat, 0));
    const [first] = transcripts;
    if (first === undefined) return;
    if (new Set(transcripts.map(({ events }) => JSON.stringify(events))).size > 1) verdict.unlike.push(chat.id);
    const texts = textsOf(first.events);
    for (const text of new Set(texts)) {
      if (texts.filter((other) => other === text).length > 1) verdict.doubled.push(`${chat.id}: ${text}`);
    }
    const before = first.position - first.events.length;
    for (const { text, position } of kept) {
      const what = `${chat.id}: ${text} at ${position}`;
      if (!texts.includes(text)) verdict.lost.push(what);
      else if (first.events[position - before - 1]?.[2] !== text) {
        // A failover may leave a hole in the positions, after which counting does not do.
        const [event] = (await readFrom(this.next(), chat, position - 1)).events;
        if (event?.[2] !== text) verdict.misplaced.push(what);
      }
    }
  }
}
