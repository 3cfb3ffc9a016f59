import { randomBytes } from 'node:crypto';
import type { BayeuxEngine, HandshakeResult, HoldRequest, HoldResult } from '@app/bayeux';
import {
  type Clock,
  newClientId,
  partitionOfClient,
  partitionOfService,
  partitionOfUser,
  rawEntries,
  type RawEntry,
  type StoredEntry,
  userKeyOf,
} from '@app/event-store';
import {
  callScript,
  type KeySpace,
  type RedisConnection,
  retryUntil,
  type ScriptArgument,
  type ScriptName,
  type UserKeys,
} from '@app/redis';
import { type ChatIdentity, chatMessages } from './chat-messages.js';
import type { WakeChannels } from './wake-channels.js';

export interface DeliveryOptions {
  /** Time for all tries of one call together, in milliseconds. */
  readonly deadlineMs: number;
  /** How long a connect is held at most, in milliseconds: a held client expires that much later. */
  readonly holdMs: number;
  /** How long a client may take for its next connect, in milliseconds. */
  readonly expireMs: number;
  /** Bayeux clients of one user; one more ends the oldest. */
  readonly clientsPerUser: number;
  /** How long an ended chat is still delivered to clients that have not heard of its end, in milliseconds. */
  readonly endedChatMs: number;
  /** How long the places of a user are kept without a new chat, in seconds. */
  readonly retentionS: number;
}

/** A held connect looks again after this time though nobody told it to, in milliseconds, plus up to as much again. */
const LOOK_AGAIN_MS = 15_000;
/** How long a connect waits for another gateway to finish writing the last batch, in milliseconds. */
const IN_FLIGHT_MS = 150;
/** Greater than every second part of an entry id. */
const END_OF_POSITION = '18446744073709551615';

type Collected = readonly [service: string, from: string, last: string, entries: readonly RawEntry[]];

/** What one look of a connect brought. */
type Look =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'superseded' }
  | { readonly kind: 'nothing'; readonly n: number; readonly cycle: number; readonly elsewhere: readonly string[] }
  | { readonly kind: 'in-flight'; readonly n: number; readonly cycle: number }
  | { readonly kind: 'batch'; readonly n: number; readonly cycle: number; readonly chats: readonly Collected[] };

/** Finds what a chat's messages say beside its events; undefined when the chat is gone. */
export type IdentityOf = (serviceId: string) => Promise<ChatIdentity | undefined>;

/** The numbers of batches that this gateway has written, for clients that do not acknowledge; the newest are enough. */
const WRITTEN_MAX = 50_000;

/**
 * Delivery of chats to Bayeux clients: places in the service streams and one script per connect, no copy of a message
 * for a client. Any gateway can take any connect; a batch belongs to the client, not to the gateway that sent it.
 */
export class RedisBayeuxEngine implements BayeuxEngine {
  private readonly gateway = randomBytes(6).toString('base64url');
  private readonly written_ = new Map<string, number>();

  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: KeySpace,
    private readonly wakes: WakeChannels,
    private readonly identityOf: IdentityOf,
    private readonly clock: Clock,
    private readonly options: DeliveryOptions,
  ) {}

  async handshake({
    user,
    acknowledges,
  }: {
    readonly user: string;
    readonly acknowledges: boolean;
  }): Promise<HandshakeResult> {
    const partition = partitionOfUser(user, this.keys.partitions);
    const clientId = newClientId(partition, this.keys.partitions);
    const keys = this.keysOf(user);
    const { expireMs, clientsPerUser } = this.options;
    await this.call('create-client-3', [
      ...[keys.client + clientId, keys.clients, keys.channel],
      ...[clientId, user, acknowledges ? '1' : '0', this.clock.nowMs(), expireMs, clientsPerUser, keys.client],
    ]);
    return { outcome: 'created', clientId };
  }

  async userOf(clientId: string): Promise<string | undefined> {
    const partition = partitionOfClient(clientId, this.keys.partitions);
    if (partition === undefined) return undefined;
    const key = this.keys.user(partition, '').client + clientId;
    return (await retryUntil(() => this.redis.hget(key, 'u'), this.options.deadlineMs)) ?? undefined;
  }

  subscribe(clientId: string, user: string): Promise<boolean> {
    return this.setSubscribed(clientId, user, true);
  }

  unsubscribe(clientId: string, user: string): Promise<boolean> {
    return this.setSubscribed(clientId, user, false);
  }

  async connect(request: HoldRequest): Promise<HoldResult> {
    const { clientId, user, signal, isImmediate } = request;
    const keys = this.keysOf(user);
    if (isImmediate) return this.connectOnce(request, keys);
    const hold = new Hold(clientId);
    const isOver = (): boolean => signal.aborted;
    const channels = new Set([keys.channel]);
    signal.addEventListener('abort', hold.wake, { once: true });
    await this.wakes.listen(keys.channel, hold.hear);
    try {
      let cycle: number | undefined;
      let mayRepeat = false;
      for (;;) {
        hold.rest();
        const look = await this.look(request, keys, cycle, mayRepeat);
        if (look.kind === 'unknown') return { outcome: 'unknown-client' };
        if (look.kind === 'superseded') return { outcome: 'superseded' };
        cycle = look.cycle;
        const found = await this.resultOf(look, request, keys);
        if (found !== undefined) return found;
        if (look.kind === 'nothing') await this.listenElsewhere(look.elsewhere, user, channels, hold);
        if (isOver()) return { outcome: 'nothing', batch: look.n };
        mayRepeat = look.kind === 'in-flight';
        await hold.wait(mayRepeat ? IN_FLIGHT_MS : LOOK_AGAIN_MS * (1 + Math.abs(jitter())));
        if (isOver()) return { outcome: 'nothing', batch: look.n };
      }
    } finally {
      signal.removeEventListener('abort', hold.wake);
      for (const channel of channels) this.wakes.leave(channel, hold.hear);
    }
  }

  async written(clientId: string, user: string, batch: number): Promise<void> {
    this.written_.delete(clientId);
    this.written_.set(clientId, batch);
    if (this.written_.size > WRITTEN_MAX) {
      const [oldest] = this.written_.keys();
      if (oldest !== undefined) this.written_.delete(oldest);
    }
    const keys = this.keysOf(user);
    await this.call('commit-batch-3', [keys.client + clientId, keys.chats, keys.channel, user, batch, clientId]);
  }

  async disconnect(clientId: string, user: string, resumeAfter: number | undefined): Promise<boolean> {
    const keys = this.keysOf(user);
    const place = resumeAfter === undefined ? '' : `${resumeAfter}-${END_OF_POSITION}`;
    const [wasThere] = (await this.call('end-client-4', [
      ...[keys.client + clientId, keys.chats, keys.clients, keys.channel],
      ...[clientId, user, place],
    ])) as [number, string];
    this.written_.delete(clientId);
    return wasThere === 1;
  }

  /**
   * From now on the chat of a service is delivered to its user. Called twice: before the reply to `ixn/chat` is written,
   * with a delay that outlasts the writing, and when it has been written, without. Should the gateway die between, the
   * delay runs out.
   */
  async bind(serviceId: string, user: string, delayMs = 0): Promise<void> {
    const keys = this.keysOf(user);
    const { retentionS, endedChatMs } = this.options;
    const nowMs = this.clock.nowMs();
    await this.call('bind-chat-2', [
      ...[keys.chats, keys.channel],
      ...[serviceId, nowMs, retentionS, endedChatMs, nowMs + delayMs],
    ]);
  }

  /** Delivers everything after a position of a chat to all clients of its user again. */
  async replay(serviceId: string, user: string, afterPosition: number): Promise<void> {
    const keys = this.keysOf(user);
    const place = `${afterPosition}-${END_OF_POSITION}`;
    await this.call('replay-chat-3', [keys.chats, keys.clients, keys.channel, serviceId, place, keys.client]);
  }

  private async connectOnce(request: HoldRequest, keys: UserKeys): Promise<HoldResult> {
    const look = await this.look(request, keys, undefined, true);
    if (look.kind === 'unknown') return { outcome: 'unknown-client' };
    if (look.kind === 'superseded') return { outcome: 'superseded' };
    return (await this.resultOf(look, request, keys)) ?? { outcome: 'nothing', batch: look.n };
  }

  private async look(
    { clientId, user, ack }: HoldRequest,
    keys: UserKeys,
    cycle: number | undefined,
    mayRepeat: boolean,
  ): Promise<Look> {
    const { holdMs, expireMs } = this.options;
    const reply = (await this.call('connect-4', [
      ...[keys.client + clientId, keys.chats, keys.channel, keys.clients],
      ...[clientId, user, cycle ?? '', ack ?? '', this.written_.get(clientId) ?? ''],
      ...[this.gateway, this.clock.nowMs(), holdMs + expireMs, expireMs, keys.streams, mayRepeat ? '1' : ''],
    ])) as [status: number, n: number, cycle: number, rest: unknown[]];
    const [status, n, now, rest] = reply;
    if (status === -1) return { kind: 'unknown' };
    if (status === -2) return { kind: 'superseded' };
    if (status === 2) return { kind: 'in-flight', n, cycle: now };
    if (status === 0) return { kind: 'nothing', n, cycle: now, elsewhere: rest as string[] };
    const chats: Collected[] = [];
    for (let at = 0; at + 3 < rest.length; at += 4) chats.push(rest.slice(at, at + 4) as unknown as Collected);
    return { kind: 'batch', n, cycle: now, chats };
  }

  private async resultOf(look: Look, request: HoldRequest, keys: UserKeys): Promise<HoldResult | undefined> {
    if (look.kind === 'batch') return this.delivery(look.n, look.chats);
    if (look.kind !== 'nothing' || look.elsewhere.length === 0) return undefined;
    return this.collectElsewhere(look, request, keys);
  }

  /** Chats of services that live in other partitions: read where they are, kept as a batch where the client is. */
  private async collectElsewhere(
    { elsewhere, cycle }: Extract<Look, { kind: 'nothing' }>,
    { clientId, user }: HoldRequest,
    keys: UserKeys,
  ): Promise<HoldResult | undefined> {
    const found: Collected[] = [];
    for (let at = 0; at + 1 < elsewhere.length; at += 2) {
      const [service = '', from = ''] = elsewhere.slice(at, at + 2);
      if (!this.isElsewhere(service, user)) continue;
      const entries = await this.range(service, `(${from}`, '+');
      const last = entries.at(-1)?.[0];
      if (last !== undefined && entries.some(([, fields]) => matters(fields[1]))) {
        found.push([service, from, last, entries]);
      }
    }
    if (found.length === 0) return undefined;
    const n = (await this.call('store-batch-2', [
      ...[keys.client + clientId, keys.clients],
      ...[clientId, user, cycle, this.gateway, this.clock.nowMs(), this.options.expireMs],
      ...found.flatMap(([service, from, last]) => [service, from, last]),
    ])) as number;
    if (n === -1) return { outcome: 'unknown-client' };
    if (n === -2) return { outcome: 'superseded' };
    return this.delivery(n, found);
  }

  private async delivery(n: number, chats: readonly Collected[]): Promise<HoldResult> {
    const messages: string[] = [];
    for (const [service, from, last, inline] of chats) {
      const identity = await this.identityOf(service);
      if (identity === undefined) continue;
      const raw = inline.length > 0 ? inline : await this.range(service, `(${from}`, last);
      const entries: readonly StoredEntry[] = rawEntries(raw);
      messages.push(...chatMessages(identity, entries));
    }
    return { outcome: 'delivered', messages, batch: n };
  }

  private async listenElsewhere(
    elsewhere: readonly string[],
    user: string,
    channels: Set<string>,
    hold: Hold,
  ): Promise<void> {
    for (let at = 0; at < elsewhere.length; at += 2) {
      const service = elsewhere[at] ?? '';
      if (!this.isElsewhere(service, user)) continue;
      const { channel } = this.keys.user(partitionOfService(service, this.keys.partitions), userKeyOf(user));
      if (channels.has(channel)) continue;
      channels.add(channel);
      await this.wakes.listen(channel, hold.hear);
      hold.wake(); // what came before we listened
    }
  }

  private isElsewhere(service: string, user: string): boolean {
    const { partitions } = this.keys;
    return partitionOfService(service, partitions) !== partitionOfUser(user, partitions);
  }

  private async setSubscribed(clientId: string, user: string, isOn: boolean): Promise<boolean> {
    const keys = this.keysOf(user);
    const args = [keys.client + clientId, keys.channel, user, isOn ? '1' : '0'];
    return (await this.call('subscribe-client-2', args)) === 1;
  }

  private range(service: string, from: string, to: string): Promise<readonly RawEntry[]> {
    const { stream } = this.keys.service(partitionOfService(service, this.keys.partitions), service);
    return retryUntil(
      () => this.redis.xrange(stream, from, to, 'COUNT', 200) as Promise<unknown> as Promise<readonly RawEntry[]>,
      this.options.deadlineMs,
    );
  }

  private call(name: ScriptName, args: readonly ScriptArgument[]): Promise<unknown> {
    return retryUntil(() => callScript(this.redis, name, args), this.options.deadlineMs);
  }

  private keysOf(user: string): UserKeys {
    return this.keys.user(partitionOfUser(user, this.keys.partitions), userKeyOf(user));
  }
}

const jitter = (): number => randomBytes(1).readInt8() / 128;

/** Whether an entry is anything to the customer's application; the connect script asks the same. */
const matters = (value: string): boolean =>
  value.startsWith('[') || value.includes('"t":"ChatStarted"') || value.includes('"t":"ChatEnded"');

/** A connect that waits: woken by hints, by its abort or by time. */
class Hold {
  private isAwake = false;
  private waiting: (() => void) | undefined;

  constructor(private readonly clientId: string) {}

  /** A hint of the user's channel: an empty one is for all of his clients, another names one. */
  readonly hear = (message: string): void => {
    if (message === '' || message === this.clientId) this.wake();
  };

  readonly wake = (): void => {
    this.isAwake = true;
    this.waiting?.();
  };

  /** What comes from now on is news. */
  rest(): void {
    this.isAwake = false;
  }

  async wait(timeMs: number): Promise<void> {
    if (this.isAwake) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.waiting = resolve;
      timer = setTimeout(resolve, timeMs);
    });
    clearTimeout(timer);
    this.waiting = undefined;
  }
}
