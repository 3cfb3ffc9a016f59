import { newBasicServiceId } from '@app/event-store';
import { callScript, type KeySpace, type RedisConnection } from '@app/redis';

/** What a bare server keeps of a session. */
interface Session {
  position: number;
  readonly startedAtMs: number;
  readonly sessionId: string;
}

/** As long as the hash of the product, and as meaningless as can be: it is not computed. */
const NO_HASH = '0'.repeat(22);
const EXPIRE_S = 86_400;
const NICKNAME = 'VasyaP';

/**
 * The least that a server can do for a customer's message: read the form's one field, append one event with the script
 * that the product uses, answer with what the product answers. No validation, no limits, no hash, no log, no metrics;
 * ids and positions come out of a map. All servers of the write benchmark but the product share it.
 */
export class BareWrites {
  private readonly sessions = new Map<string, Session>();
  private commands = 0;

  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: KeySpace,
  ) {}

  /** Starts a session whose next position is 2, like that of the product after `ixn/chat`. */
  async create(): Promise<string> {
    const partition = this.sessions.size % this.keys.partitions;
    const id = newBasicServiceId(partition, this.keys.partitions);
    const startedAtMs = Date.now();
    this.sessions.set(id, { position: 1, startedAtMs, sessionId: id.slice(0, 16).toUpperCase() });
    await this.append(id, partition, '', '1-0', `\n{"v":1,"t":"ChatStarted","at":${startedAtMs}}\n${NO_HASH}\n`, {
      seenAtMs: startedAtMs,
      to: 1,
      expireS: EXPIRE_S,
    });
    return id;
  }

  /** Takes `message=…` for a session and gives the reply's body back. */
  async write(id: string, form: string): Promise<string> {
    const session = this.sessions.get(id);
    if (session === undefined) throw new Error('no such session');
    const text = decodeURIComponent(form.slice('message='.length).replaceAll('+', ' '));
    const nowMs = Date.now();
    const expected = `${session.position}-0`;
    const to = session.position + 1;
    const seconds = Math.floor((nowMs - session.startedAtMs) / 1000);
    const line = `["Message.Text","${NICKNAME}",${JSON.stringify(text)},"${seconds}","CLIENT"]`;
    this.commands += 1;
    const body = `{"v":1,"t":"MessageSent","at":${nowMs},"c":"~bare${this.commands}","a":"c","p":"customer"}`;
    session.position = to;
    await this.append(
      id,
      Number.parseInt(id.slice(34), 16) % this.keys.partitions,
      expected,
      `${to}-0`,
      `${line}\n${body}\n${NO_HASH}\n`,
      { seenAtMs: nowMs, to, expireS: 0 },
    );
    const startedAt = new Date(session.startedAtMs).toISOString().slice(0, 19);
    return `{"chatIxnState":"TRANSCRIPT","chatSessionId":"${session.sessionId}","transcriptPosition":"${to}","chatServiceMessage":"Chat service is available","transcriptToShow":[${line}],"startedAt":"${startedAt}Z"}`;
  }

  private async append(
    id: string,
    partition: number,
    expected: string,
    entryId: string,
    value: string,
    { seenAtMs, to, expireS }: { seenAtMs: number; to: number; expireS: number },
  ): Promise<void> {
    const keys = this.keys.service(partition, id);
    const result = (await callScript(this.redis, 'append-7', [
      ...[keys.stream, keys.meta, keys.feed, keys.due, keys.live, keys.data, keys.feed],
      ...[expected, id, seenAtMs, 'c', to, expireS, '', '', '', 1, 0, 0, ''],
      ...[entryId, value],
    ])) as [number];
    if (result[0] !== 1) throw new Error(`the append was refused with ${result[0]}`);
  }
}
