import type { Settings } from '@app/config';
import type { AgentCommand, AgentEvent, AgentState, ServiceCommand, ServiceEvent, ServiceState } from '@app/domain';
import { agentKind, AggregateRepository, RedisEventStore, ReplicaWait, serviceKind } from '@app/event-store';
import type { Logger, Metrics } from '@app/observability';
import { type ConnectionPurpose, KeySpace, RedisClock, type RedisConnection } from '@app/redis';
import { agentEventCodec, serviceEventCodec } from '@app/wire';

export type ServiceRepository = AggregateRepository<ServiceCommand, ServiceEvent, ServiceState>;

export type AgentRepository = AggregateRepository<AgentCommand, AgentEvent, AgentState>;

/** Agents whose state a process keeps, and memory for them: they have no transcripts. */
const AGENT_CACHE = { cacheEntries: 10_000, cacheBytes: 1_048_576 };

/** Batches of appends that wait for replicas at the same time. */
const REPLICA_LANES = 4;

/** The services and agents of a store, as every process sees them. */
export interface ServiceStore {
  /** The `commands` connection of this process, for whatever else it has to ask. */
  readonly redis: RedisConnection;
  /** All that was opened here; the process ends them. */
  readonly connections: readonly RedisConnection[];
  readonly keys: KeySpace;
  readonly clock: RedisClock;
  readonly repository: ServiceRepository;
  readonly agents: AgentRepository;
}

/** @param connect - opens connections, see `connector` */
export const createServiceStore = (
  settings: Settings,
  connect: (purpose: ConnectionPurpose) => RedisConnection,
  logger: Logger,
  metrics: Metrics,
): ServiceStore => {
  const redis = connect('commands');
  const keys = new KeySpace(settings.keyPrefix, settings.partitions);
  const clock = new RedisClock(redis);
  const lanes =
    settings.durability === 'replicated' ? Array.from({ length: REPLICA_LANES }, () => connect('commands')) : [];
  const store = new RedisEventStore(redis, keys, {
    deadlineMs: settings.requestDeadlineMs,
    replicas:
      lanes.length === 0 ? undefined : new ReplicaWait({ connections: lanes, keys, replicas: settings.replicasMin }),
  });
  metrics.observed('parley_store_round_trips_total', () => store.roundTrips);
  const rolledBack = metrics.counter('parley_rolled_back_total').labels();
  const conflicts = metrics.counter('parley_append_conflicts_total').labels();
  const hooks = {
    onRolledBack: (streamId: string) => {
      rolledBack.inc();
      logger.error({ streamId }, 'the store has less than was answered before: it was rolled back');
    },
    onConflict: () => {
      conflicts.inc();
    },
  };
  const repository = new AggregateRepository(store, serviceKind(settings, serviceEventCodec), clock, {
    cacheEntries: settings.stateCacheEntries,
    cacheBytes: settings.transcriptCacheBytes,
    ...hooks,
  });
  const agents = new AggregateRepository(store, agentKind(agentEventCodec), clock, { ...AGENT_CACHE, ...hooks });
  return { redis, connections: [redis, ...lanes], keys, clock, repository, agents };
};
