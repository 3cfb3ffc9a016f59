import { isUtf8 } from 'node:buffer';
import { setTimeout as pause } from 'node:timers/promises';
import { agentStreamOf, formatEntryId, type OpenService, type ServiceState } from '@app/domain';
import { partitionOfService, partitionOfUser, streamIds, userKeyOf } from '@app/event-store';
import { callScript, type KeySpace, type RedisConnection, retryUntil } from '@app/redis';
import type { AgentRepository, ServiceRepository } from './service-store.js';

export interface UserDataOptions {
  readonly redis: RedisConnection;
  readonly keys: KeySpace;
  readonly services: ServiceRepository;
  readonly agents: AgentRepository;
  /** Time for all tries of one call together, in milliseconds. */
  readonly deadlineMs: number;
  /** How long a worker may take to let go of a service that ends, in milliseconds. */
  readonly releaseMs: number;
}

/** All that is kept of one service. */
export interface ServiceExport {
  readonly serviceId: string;
  readonly name: string;
  readonly status: 'open' | 'expired' | 'deleted';
  readonly requestedAt: string;
  readonly events: readonly { readonly id: string; readonly at: string; readonly event: object }[];
  /** What the application stored with it; bytes that are no text in base64. */
  readonly storage: Readonly<Record<string, string | { readonly base64: string }>>;
}

/** What an erasure came to. */
export interface Erasure {
  readonly erased: readonly string[];
  /** Services whose end no worker has dealt with yet: agents may have them still. Again later. */
  readonly left: readonly string[];
}

/** Services that are looked at at the same time. */
const PARALLEL = 32;
const LOOK_MS = 100;

const knownOf = (state: ServiceState): OpenService | undefined =>
  state.status === 'open' ? state : 'was' in state ? state.was : undefined;

const shownBytes = (bytes: Buffer): string | { readonly base64: string } =>
  isUtf8(bytes) ? bytes.toString() : { base64: bytes.toString('base64') };

/** What the store has of one end user, over all his services: to be handed to him, or to be forgotten. */
export class UserData {
  constructor(private readonly options: UserDataOptions) {}

  /** The ids of his services, in no order. Every service of the store is looked at: derived lists may be short of some. */
  async services(user: string): Promise<readonly string[]> {
    const { redis, keys, services } = this.options;
    const found: string[] = [];
    const running = new Set<Promise<void>>();
    const look = async (id: string): Promise<void> => {
      const state = (await services.view(id))?.state;
      if (state !== undefined && knownOf(state)?.user === user) found.push(id);
    };
    for await (const id of streamIds(redis, keys)) {
      if (id.startsWith('@')) continue;
      const work: Promise<void> = look(id).finally(() => running.delete(work));
      running.add(work);
      if (running.size >= PARALLEL) await Promise.race(running);
    }
    await Promise.all(running);
    return found;
  }

  /** @throws StoreUnavailableError */
  async export(user: string): Promise<readonly ServiceExport[]> {
    const exports: ServiceExport[] = [];
    for (const serviceId of await this.services(user)) {
      const one = await this.exportOf(serviceId);
      if (one !== undefined) exports.push(one);
    }
    return exports.sort((one, other) => one.requestedAt.localeCompare(other.requestedAt));
  }

  /**
   * Leaves nothing of him: his services are ended, and gone with their events and data, and so is what was kept for
   * delivery. The append-only file of Redis has them until it is rewritten, and so have copies of it.
   * @throws StoreUnavailableError
   */
  async erase(user: string): Promise<Erasure> {
    const [erased, left]: [string[], string[]] = [[], []];
    for (const serviceId of await this.services(user)) {
      const isFree = await this.end(serviceId);
      if (isFree) await this.eraseService(serviceId);
      (isFree ? erased : left).push(serviceId);
    }
    await this.eraseRecord(user);
    return { erased, left };
  }

  private async exportOf(serviceId: string): Promise<ServiceExport | undefined> {
    const { redis, keys, services, deadlineMs } = this.options;
    const state = (await services.view(serviceId))?.state;
    const service = state === undefined ? undefined : knownOf(state);
    if (state === undefined || state.status === 'absent' || service === undefined) return undefined;
    const { data } = keys.service(partitionOfService(serviceId, keys.partitions), serviceId);
    const stored = await retryUntil(() => redis.hgetallBuffer(data), deadlineMs);
    const events = await services.events(serviceId, { position: 0, n: 0 });
    return {
      ...{ serviceId, name: service.name, status: state.status },
      requestedAt: new Date(service.requestedAtMs).toISOString(),
      events: events.map(({ event, atMs, ...id }) => ({
        ...{ id: formatEntryId(id), at: new Date(atMs).toISOString(), event },
      })),
      storage: Object.fromEntries(Object.entries(stored).map(([key, bytes]) => [key, shownBytes(bytes)])),
    };
  }

  /** Ends a service that goes on. @returns whether no agent has it any more */
  private async end(serviceId: string): Promise<boolean> {
    const { services, releaseMs } = this.options;
    const state = (await services.view(serviceId))?.state;
    if (state === undefined) return true;
    if (state.status === 'open') {
      await services.execute(serviceId, { commandId: 'erase', commands: () => [{ type: 'DeleteService' }] });
    }
    const agentIds = knownOf(state)?.involved ?? [];
    const endMs = performance.now() + releaseMs;
    while (await this.isHeld(serviceId, agentIds)) {
      if (performance.now() > endMs) return false;
      await pause(LOOK_MS);
    }
    return true;
  }

  private async isHeld(serviceId: string, agentIds: readonly string[]): Promise<boolean> {
    const agents = await Promise.all(agentIds.map((agentId) => this.options.agents.view(agentStreamOf(agentId))));
    return agents.some(
      (view) =>
        view?.state.status === 'known' &&
        (view.state.chats.includes(serviceId) || view.state.offers.some((offer) => offer.serviceId === serviceId)),
    );
  }

  private async eraseService(serviceId: string): Promise<void> {
    const { redis, keys, deadlineMs } = this.options;
    const { stream, meta, data, due, live } = keys.service(partitionOfService(serviceId, keys.partitions), serviceId);
    const args = [stream, meta, data, due, live, serviceId];
    await retryUntil(() => callScript(redis, 'erase-service-5', args), deadlineMs);
  }

  private async eraseRecord(user: string): Promise<void> {
    const { redis, keys, deadlineMs } = this.options;
    const { chats, clients, history, handshakes, client } = keys.user(
      partitionOfUser(user, keys.partitions),
      userKeyOf(user),
    );
    const ids = await retryUntil(() => redis.zrange(clients, 0, -1), deadlineMs);
    const all = [chats, clients, history, handshakes, ...ids.map((id) => `${client}${id}`)];
    await retryUntil(() => redis.del(...all), deadlineMs);
  }
}
