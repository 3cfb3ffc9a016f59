import { randomBytes, randomInt } from 'node:crypto';
import type { RoutingNeed, ServiceCommand, ServiceEvent, ServiceState, ServiceTimeouts } from '@app/domain';
import {
  AggregateRepository,
  type Clock,
  DueTimes,
  newBasicServiceId,
  RedisEventStore,
  serviceKind,
} from '@app/event-store';
import { type ConnectionPurpose, createConnection, defineScripts, KeySpace, type RedisConnection } from '@app/redis';
import { serviceEventCodec } from '@app/wire';
import { topologyOf } from './test-topology.js';

/** A clock that stands until it is moved. */
export class FixedClock implements Clock {
  constructor(private atMs = Date.now()) {}

  nowMs(): number {
    return this.atMs;
  }

  passS(seconds: number): void {
    this.atMs += seconds * 1000;
  }
}

/** A line of the transcript: type, nickname, text, seconds, party. */
export type TranscriptLine = readonly [type: string, nickname: string, text: string, seconds: string, party: string];

type Repository = AggregateRepository<ServiceCommand, ServiceEvent, ServiceState>;

const TIMEOUTS: ServiceTimeouts = {
  ttlS: 3_600,
  flexDisconnectS: 45,
  idleAlertS: 255,
  idleCloseS: 45,
  asyncCloseS: 3_600,
  idleAlertMessage: 'Are you still there?',
};

/** Basic services in a real Redis, with keys of their own, and a customer who uses them. */
export class ServiceLab {
  readonly keys = new KeySpace(`test-${randomBytes(6).toString('hex')}`, 4);
  readonly redis: RedisConnection;
  readonly repository: Repository;
  readonly dueTimes: DueTimes;
  private readonly connections: RedisConnection[] = [];
  private commands = 0;

  constructor(
    private readonly url: string | undefined,
    readonly clock: Clock,
  ) {
    this.redis = this.connect('commands');
    this.repository = this.newRepository();
    this.dueTimes = new DueTimes(this.redis, this.keys, 3_000);
  }

  connect(purpose: ConnectionPurpose): RedisConnection {
    const connection = createConnection(topologyOf(this.url), purpose);
    connection.on('error', () => undefined);
    if (purpose === 'commands') defineScripts(connection);
    this.connections.push(connection);
    return connection;
  }

  /** As another process has it: nothing cached. */
  newRepository(): Repository {
    const store = new RedisEventStore(this.connect('commands'), this.keys, { deadlineMs: 3_000 });
    const kind = serviceKind({ messagesPer10S: 1_000, messagesPerChat: 10_000 }, serviceEventCodec);
    return new AggregateRepository(store, kind, this.clock, { cacheEntries: 100, cacheBytes: 1_000_000 });
  }

  async request(timeouts: Partial<ServiceTimeouts> = {}): Promise<string> {
    const serviceId = newBasicServiceId(randomInt(this.keys.partitions), this.keys.partitions);
    await this.execute(serviceId, {
      type: 'RequestService',
      name: 'request-chat',
      kind: 'basic',
      timeouts: { ...TIMEOUTS, ...timeouts },
      businessData: {},
    });
    return serviceId;
  }

  /** A service whose customer polls, or listens by CometD. */
  async startChat(timeouts: Partial<ServiceTimeouts> = {}, notifyBy?: 'comet', need?: RoutingNeed): Promise<string> {
    const serviceId = await this.request(timeouts);
    await this.execute(serviceId, {
      type: 'StartChat',
      sessionId: 'S',
      userId: 'U',
      secureKey: 'K',
      nickname: 'Ann',
      attachedData: {},
      ...(notifyBy === undefined ? {} : { notifyBy }),
      ...(need === undefined ? {} : { need }),
    });
    return serviceId;
  }

  async say(serviceId: string, text: string): Promise<void> {
    await this.execute(serviceId, { type: 'SendMessage', by: 'customer', text, atMs: this.clock.nowMs() });
  }

  async execute(serviceId: string, command: ServiceCommand): Promise<void> {
    this.commands += 1;
    await this.repository.execute(serviceId, {
      commandId: `customer-${this.commands}`,
      commands: () => [command],
      isFromCustomer: true,
    });
  }

  /** The customer asks for news. */
  async poll(serviceId: string): Promise<void> {
    await this.repository.view(serviceId, { reply: { from: 'cursor' }, isFromCustomer: true });
  }

  async state(serviceId: string): Promise<ServiceState> {
    return (await this.repository.view(serviceId))?.state ?? { status: 'absent' };
  }

  /** Why the chat of a service ended; null while it goes on. */
  async endOf(serviceId: string): Promise<string | null> {
    const state = await this.state(serviceId);
    if (state.status !== 'open') return state.status;
    return state.chat?.ended?.reason ?? null;
  }

  async transcript(serviceId: string): Promise<readonly TranscriptLine[]> {
    const view = await this.repository.view(serviceId, { reply: { from: 0 } });
    return JSON.parse(`[${(view?.lines ?? []).join(',')}]`) as TranscriptLine[];
  }

  close(): void {
    for (const connection of this.connections) connection.disconnect();
  }
}
