import { randomUUID } from 'node:crypto';
import { type Chat, chatPath, readFrom, SERVICE, startChat, textsOf } from '../conformance/customer.js';
import { userHeader } from '../conformance/cometd-session.js';
import { type HttpClient, waitFor } from '../support/http.js';
import { expectPromptly } from './promptly.js';

/** A line of the log, as far as it is looked at. */
export interface LogLine {
  readonly level: number;
  readonly correlationId?: string;
  readonly msg?: string;
  readonly [field: string]: unknown;
}

/** How long a line takes at most from the gateway to us, and how often is looked for it, in milliseconds. */
const LOG_LIMIT_MS = 10_000;
const LOG_LOOK_MS = 1;
const ERROR_LEVEL = 50;
/** Ids that tie lines together are short and plain, whatever a request says. */
const PLAIN_ID = /^[\w.-]{1,64}$/;
/** Whatever would steer a terminal or begin a line: JSON writes it otherwise. */
const CONTROLS = /[^\P{Cc}\n]|[\u2028\u2029]/u;

const parsed = (line: string): LogLine => {
  expect(line).not.toMatch(CONTROLS);
  const fields = JSON.parse(line) as LogLine;
  if (fields.correlationId !== undefined) expect(fields.correlationId).toMatch(PLAIN_ID);
  return fields;
};

/** Somebody with a chat of his own, beside all attacks: they must neither hurt nor reach him, nor fill the log. */
export class Bystander {
  readonly user = `bystander-${randomUUID()}`;
  readonly text = `for nobody else ${randomUUID()}`;
  private chat: Chat | undefined;
  private seen = 0;
  private marks = 0;

  /**
   * @param client - of the gateway under attack, for connections of his own
   * @param logs - all that the gateway has written
   */
  constructor(
    private readonly client: HttpClient,
    private readonly logs: () => string,
  ) {}

  get id(): string {
    if (this.chat === undefined) throw new Error('the bystander has not come yet');
    return this.chat.id;
  }

  /** What of him may be found nowhere. */
  get secrets(): readonly string[] {
    return [this.user, this.text, this.chat?.sessionId ?? this.text];
  }

  /** Starts his chat and says one thing. */
  async come(): Promise<void> {
    const headers = userHeader(this.user);
    this.chat = await startChat(this.client, { headers });
    await this.client.post(chatPath(this.chat.id, 'send'), { form: { message: this.text }, headers });
    await this.newLines();
  }

  /** He is answered at once, and his chat is as it was. */
  async expectUnhurt(): Promise<void> {
    await expectPromptly(async () => {
      const { events, state } = await readFrom(this.client, { id: this.id, sessionId: '' }, 0);
      expect([state, textsOf(events)]).toEqual(['TRANSCRIPT', [this.text]]);
    });
  }

  /**
   * Nothing but one line, at most, has been logged since he looked last: no error, and nothing secret in it.
   * @param secrets - texts, tokens and ids of devices that were sent
   */
  async expectQuietLog(secrets: readonly string[] = [], linesMax = 1): Promise<void> {
    const lines = await this.newLines();
    expect(lines.length > linesMax ? lines : []).toEqual([]);
    for (const line of lines) {
      expect(line.level).toBeLessThan(ERROR_LEVEL);
      const text = JSON.stringify(line);
      for (const secret of [...secrets, ...this.secrets]) expect(text).not.toContain(secret);
    }
  }

  /** What has been logged since he looked last. */
  async newLines(): Promise<readonly LogLine[]> {
    // A request for nothing is one line: once it is there, all before it is, too.
    this.marks += 1;
    const mark = `bystander-looks-${this.marks}`;
    await this.client.get(`${SERVICE}/no-such-service`, { headers: { 'x-request-id': mark } });
    const find = (): string | undefined => {
      const text = this.logs();
      const at = text.indexOf(`"${mark}"`, this.seen);
      const end = at < 0 ? -1 : text.indexOf('\n', at);
      return end < 0 ? undefined : text.slice(0, end + 1);
    };
    const log = await waitFor('the log', find, LOG_LIMIT_MS, LOG_LOOK_MS);
    const lines = log.slice(this.seen).split('\n').filter(Boolean);
    this.seen = log.length;
    return lines.slice(0, -1).map(parsed);
  }
}

/** A bystander before the first test of the enclosing block. */
export const useBystander = (client: HttpClient, logs: () => string): Bystander => {
  const bystander = new Bystander(client, logs);
  beforeAll(() => bystander.come());
  return bystander;
};
