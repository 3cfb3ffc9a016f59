import type { Settings } from '@app/config';
import { loadServiceDefinitions } from '@app/config';
import { type ChatIdentity, RedisBayeuxEngine, WakeChannels } from '@app/delivery';
import { ServiceStorage } from '@app/event-store';
import { createLogger, createMetrics, type Logger, type Metrics, Readiness } from '@app/observability';
import { type RedisClock, type RedisConnection, writeProbe } from '@app/redis';
import { connector, createServiceStore, type ServiceRepository } from '@app/runtime';
import { Chats } from './chat/chats.js';
import { RequestReader } from './http/request-reader.js';
import { ServiceCatalog } from './service/service-catalog.js';
import { Services } from './service/services.js';

/** Everything that both listeners of a gateway share, wired by hand: a fault here stops the start. */
export interface Runtime {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: RedisClock;
  readonly storage: ServiceStorage;
  readonly services: Services;
  readonly chats: Chats;
  readonly engine: RedisBayeuxEngine;
  readonly wakes: WakeChannels;
  readonly reader: RequestReader;
  readonly readiness: Readiness;
  readonly connections: readonly RedisConnection[];
}

/** How long an ended chat is delivered to clients that have not heard of its end, in milliseconds. */
const ENDED_CHAT_MS = 3_600_000;
/** How long the places of a user are kept after his last chat began, in seconds. */
const PLACES_RETENTION_S = 30 * 86_400;

/** What pushed messages of a chat say beside its events. */
const identityFinder =
  (repository: ServiceRepository, catalog: ServiceCatalog) =>
  async (serviceId: string): Promise<ChatIdentity | undefined> => {
    const state = repository.cached(serviceId) ?? (await repository.view(serviceId))?.state;
    if (state === undefined || state.status === 'absent') return undefined;
    const service = state.status === 'open' ? state : state.was;
    if (service.chat === null) return undefined;
    return { serviceId, service, chat: service.chat, facade: catalog.facade(service.name) };
  };

export const createRuntime = (settings: Settings): Runtime => {
  const logger = createLogger({ name: 'gateway', level: settings.logLevel });
  const metrics = createMetrics({ service: 'gateway' });
  const catalog = new ServiceCatalog(loadServiceDefinitions(settings.servicesDir));
  const connect = connector(settings, logger);
  const redis = connect('commands');
  const subscriber = connect('subscriber');
  const { keys, clock, repository } = createServiceStore(settings, redis, logger, metrics);
  const deadlineMs = settings.requestDeadlineMs;
  const storage = new ServiceStorage(redis, keys, deadlineMs);
  const services = new Services(repository, storage, catalog, settings.partitions);
  const wakes = new WakeChannels(subscriber);
  const engine = new RedisBayeuxEngine(redis, keys, wakes, identityFinder(repository, catalog), clock, {
    deadlineMs,
    holdMs: settings.cometHoldMs,
    expireMs: settings.cometExpireMs,
    clientsPerUser: settings.cometClientsPerUser,
    endedChatMs: ENDED_CHAT_MS,
    retentionS: PLACES_RETENTION_S,
  });
  const chats = new Chats(services, catalog, engine, logger);
  const readiness = new Readiness(() => writeProbe(redis, keys));
  const reader = new RequestReader(settings);
  return {
    ...{ settings, logger, metrics, clock, storage, services, chats, engine, wakes, reader, readiness },
    connections: [redis, subscriber],
  };
};
