import { randomBytes } from 'node:crypto';
import {
  type AgentCommand,
  type AgentEvent,
  type AgentState,
  agentStreamOf,
  BEFORE_FIRST,
  type ServiceCommand,
  type ServiceEvent,
  type ServiceState,
  type Skills,
} from '@app/domain';
import { agentKind, AggregateRepository, RedisEventStore, serviceKind } from '@app/event-store';
import { createConnection, defineScripts, KeySpace, RedisClock, type RedisConnection } from '@app/redis';
import { agentEventCodec, serviceEventCodec } from '@app/wire';
import { waitFor } from '../support/http.js';
import { topologyOf } from '../support/test-topology.js';

const CACHE = { cacheEntries: 1_000, cacheBytes: 1_000_000 };
const NO_LIMITS = { messagesPer10S: 1_000, messagesPerChat: 10_000 };
const PARTITIONS = 64;

/** Agents of a running stack, who do their work straight in its store. */
export class StoreAgents {
  private readonly redis: RedisConnection;
  private readonly clock: RedisClock;
  private readonly store: RedisEventStore;

  private constructor(redisUrl: string, keyPrefix: string) {
    this.redis = createConnection(topologyOf(redisUrl), 'commands');
    defineScripts(this.redis);
    this.clock = new RedisClock(this.redis);
    this.store = new RedisEventStore(this.redis, new KeySpace(keyPrefix, PARTITIONS), { deadlineMs: 10_000 });
  }

  /** @param keyPrefix - `KEY_PREFIX` of the stack */
  static async of(redisUrl: string, keyPrefix: string): Promise<StoreAgents> {
    const agents = new StoreAgents(redisUrl, keyPrefix);
    await agents.redis.connect();
    await agents.clock.start();
    return agents;
  }

  /** An agent takes his place. */
  async ready(agentId: string, nickname: string, skills: Skills = {}, capacity = 1): Promise<void> {
    await this.asAgent(agentId, { type: 'SignIn', nickname, skills, capacity }, { type: 'GoReady' });
  }

  /** He takes no further chat; what he has he keeps. */
  async notReady(agentId: string): Promise<void> {
    await this.asAgent(agentId, { type: 'GoNotReady', reason: 'break' });
  }

  async signOut(agentId: string): Promise<void> {
    await this.asAgent(agentId, { type: 'SignOut' });
  }

  /** The first of these services that is offered to an agent just now: its id, his id and his nickname. */
  async offerAmong(serviceIds: readonly string[]): Promise<readonly [string, string, string] | undefined> {
    for (const serviceId of serviceIds) {
      const state = (await this.services().view(serviceId))?.state;
      const routing = state?.status === 'open' ? state.routing : null;
      if (routing?.phase === 'offered') return [serviceId, routing.held.agentId, routing.held.nickname];
    }
    return undefined;
  }

  /** All that a service has shown, in order. */
  async statusesOf(serviceId: string): Promise<readonly string[]> {
    const events = await this.services().events(serviceId, BEFORE_FIRST);
    return events.flatMap(({ event }) => (event.type === 'StatusSet' ? [event.status] : []));
  }

  async presenceOf(agentId: string): Promise<AgentState | undefined> {
    return (await this.agents().view(agentStreamOf(agentId)))?.state;
  }

  /** Waits until the agent is offered the chat of a service, and takes it. */
  async accept(serviceId: string, agentId: string): Promise<void> {
    const services = this.services();
    const offer = await waitFor(`an offer to ${agentId}`, async () => {
      const state = (await services.view(serviceId))?.state;
      const routing = state?.status === 'open' ? state.routing : null;
      return routing?.phase === 'offered' && routing.held.agentId === agentId && routing.held;
    });
    await services.execute(serviceId, {
      commandId: newId(),
      commands: () => [{ type: 'AcceptOffer', by: offer, token: offer.token }],
    });
  }

  close(): void {
    this.clock.stop();
    this.redis.disconnect();
  }

  private async asAgent(agentId: string, ...commands: readonly AgentCommand[]): Promise<void> {
    await this.agents().execute(agentStreamOf(agentId), { commandId: newId(), commands: () => commands });
  }

  /** As a process sees them that has just started. */
  private services(): AggregateRepository<ServiceCommand, ServiceEvent, ServiceState> {
    return new AggregateRepository(this.store, serviceKind(NO_LIMITS, serviceEventCodec), this.clock, CACHE);
  }

  private agents(): AggregateRepository<AgentCommand, AgentEvent, AgentState> {
    return new AggregateRepository(this.store, agentKind(agentEventCodec), this.clock, CACHE);
  }
}

const newId = (): string => randomBytes(9).toString('base64url');
