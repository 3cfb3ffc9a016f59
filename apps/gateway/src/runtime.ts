import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Settings } from '@app/config';
import type { OpenService, ServiceState } from '@app/domain';
import {
  agentForm,
  CHATS_KEPT,
  type ChatIdentity,
  customerForm,
  RedisBayeuxEngine,
  UserChats,
  WakeChannels,
} from '@app/delivery';
import { AuditLog, ServiceStorage, UserHistory } from '@app/event-store';
import type { AgentIdentities } from '@app/identity';
import { LogicCatalog, LogicHost, RedisLogicVersions } from '@app/logic';
import { createLogger, createMetrics, type Logger, type Metrics, Readiness } from '@app/observability';
import { type RedisClock, writeProbe } from '@app/redis';
import { RedisRoutingTable } from '@app/routing';
import { checkDurability, connector, createServiceStore, type ServiceRepository } from '@app/runtime';
import { AgentChats } from './agents/agent-chats.js';
import { AgentDesk } from './agents/agent-desk.js';
import { openAgentIdentity } from './agents/agent-identity.js';
import { DeskChoices } from './agents/desk-choices.js';
import { Supervision } from './agents/supervision.js';
import { Background } from './chat/background.js';
import { Chats } from './chat/chats.js';
import { agentDoor, customerDoor } from './cometd/cometd-doors.js';
import { CometdEndpoint } from './cometd/cometd-endpoint.js';
import { DialogFolder } from './dialogs/dialog-folder.js';
import { Dialogs } from './dialogs/dialogs.js';
import { NodeStatus } from './admin/node-status.js';
import { Cors } from './http/cors.js';
import { customerIdentity, type CustomerIdentity } from './http/customer-identity.js';
import { Overload } from './http/overload.js';
import { RequestReader } from './http/request-reader.js';
import { TrustedPeers } from './http/trusted-peers.js';
import type { DeskPage } from './pages/desk-page.controller.js';
import { PageFolder } from './pages/page-folder.js';
import { DefinitionFolder } from './service/definition-folder.js';
import type { PokeAccess } from './service/poke.controller.js';
import { PokeTokens } from './service/poke-tokens.js';
import { LogicFolder } from './service/logic-folder.js';
import { ServiceCatalog } from './service/service-catalog.js';
import type { ServiceGate } from './service/service.controller.js';
import { ServiceRate } from './service/service-rate.js';
import { Services } from './service/services.js';

/** Everything that both listeners of a gateway share, wired by hand: a fault here stops the start. */
export interface Runtime {
  readonly settings: Settings;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly clock: RedisClock;
  readonly storage: ServiceStorage;
  readonly services: Services;
  /** To be opened before applications are let in. */
  readonly chats: Chats;
  readonly dialogs: Dialogs;
  /** What can be done only once Redis has been reached. */
  readonly open: () => Promise<void>;
  /** Lets go of everything, after the last request. */
  readonly close: () => Promise<void>;
  readonly reader: RequestReader;
  readonly customers: CustomerIdentity;
  readonly cors: Cors;
  readonly cometd: CometdEndpoint;
  readonly overload: Overload;
  readonly nodeStatus: NodeStatus;
  readonly readiness: Readiness;
  /** Whether a request to the public listener may poke. */
  readonly mayPoke: PokeAccess;
  readonly mayCreate: ServiceGate;
  readonly identities: AgentIdentities;
  readonly agentCometd: CometdEndpoint;
  readonly agentDesk: AgentDesk;
  readonly agentChats: AgentChats;
  readonly supervision: Supervision;
  readonly deskChoices: DeskChoices;
  readonly deskPage: DeskPage;
  readonly demoPage: PageFolder;
}

/** Where the build puts the pages. */
const PAGES = join(import.meta.dirname, '../../desk');

const oidcOf = ({ agentJwtIssuer: authority, oidcClientId: clientId }: Settings): DeskPage['oidc'] =>
  authority === undefined || clientId === undefined ? undefined : { authority, clientId };

const openOrWas = (state: ServiceState | undefined): OpenService | undefined =>
  state === undefined || state.status === 'absent' ? undefined : state.status === 'open' ? state : state.was;

/** What pushed messages of a chat say beside its events. */
const identityFinder =
  (repository: ServiceRepository, catalog: ServiceCatalog) =>
  async (serviceId: string): Promise<ChatIdentity | undefined> => {
    // What was seen before the chat began does not do.
    const known = openOrWas(repository.cached(serviceId));
    const service = known?.chat ? known : openOrWas((await repository.view(serviceId))?.state);
    if (service === undefined) return undefined;
    return { serviceId, service, chat: service.chat, facade: catalog.facade(service.name) };
  };

export const createRuntime = (settings: Settings): Runtime => {
  const logger = createLogger({ name: 'gateway', level: settings.logLevel });
  const metrics = createMetrics({ service: 'gateway' });
  const definitions = new DefinitionFolder({
    folder: settings.servicesDir,
    logger,
    onChanged: (changed) => {
      catalog.replace(changed);
    },
  });
  const catalog = new ServiceCatalog(definitions.all);
  const connect = connector(settings, logger);
  const subscriber = connect('subscriber');
  const { redis, connections, keys, clock, repository, agents } = createServiceStore(
    ...([settings, connect, logger, metrics] as const),
  );
  const deadlineMs = settings.requestDeadlineMs;
  const storage = new ServiceStorage(redis, keys, deadlineMs, settings.storageKeysMax);
  const host = new LogicHost({ logger });
  const versions = new RedisLogicVersions(redis, keys.logics(), deadlineMs);
  const logics = new LogicFolder(catalog, () =>
    LogicCatalog.open({ folder: join(settings.servicesDir, 'logic'), host, versions, logger }),
  );
  const table = new RedisRoutingTable(redis, keys, deadlineMs);
  const services = new Services({
    ...{ repository, storage, catalog, partitions: settings.partitions },
    logics,
    places: table,
  });
  const dialogs = new Dialogs(new DialogFolder(join(settings.servicesDir, 'dialogs'), logger), services, clock);
  const wakes = new WakeChannels(subscriber);
  const processId = randomBytes(6).toString('base64url');
  const userChats = new UserChats(redis, keys, clock, { deadlineMs, ...CHATS_KEPT });
  const background = new Background(repository, userChats);
  const delivery = {
    deadlineMs,
    holdMs: settings.cometHoldMs,
    expireMs: settings.cometExpireMs,
    clientsPerUser: settings.cometClientsPerUser,
    handshakesPer10S: settings.cometHandshakesPer10S,
  };
  const engine = new RedisBayeuxEngine(
    ...([redis, keys, wakes, customerForm(identityFinder(repository, catalog)), clock] as const),
    { ...delivery, onLeft: background.leave, onSubscribed: background.comeBack },
  );
  const pokeTokens = new PokeTokens(redis, keys, deadlineMs, settings.pokeSecret);
  const pokeUrlOf = (serviceId: string): string =>
    `${settings.internalUrl}/genesys/1/service/${serviceId}/internal-poke?token=${pokeTokens.tokenFor(serviceId)}`;
  const chats = new Chats(services, catalog, userChats, logger, pokeUrlOf, settings.chatsPerUser);
  const readiness = new Readiness(() => writeProbe(redis, keys));
  const peers = new TrustedPeers(settings.trustedProxies, settings.allowInsecure);
  const pokers = new TrustedPeers(settings.pokeNetworks, false);
  const serviceRate = new ServiceRate(redis, keys, settings.servicesPer10S);
  const reader = new RequestReader(settings);
  const customers = customerIdentity(settings, peers);
  const cors = new Cors(settings.corsOrigins);
  const endpoint = { peers, cors, settings, logger };
  const cometd = new CometdEndpoint({ ...endpoint, engine, door: customerDoor(customers, settings) });
  const identity = openAgentIdentity(settings, logger);
  const agentCometd = new CometdEndpoint({
    ...endpoint,
    // No page of another origin has any business there.
    cors: new Cors([]),
    engine: new RedisBayeuxEngine(redis, keys, wakes, agentForm, clock, delivery),
    door: agentDoor(identity.identities),
  });
  const history = new UserHistory(redis, keys, deadlineMs);
  const shed = metrics.counter('parley_shed_total');
  const overload = new Overload(
    { inFlightMax: settings.requestsInFlightMax, lagMaxMs: settings.loopLagMaxMs },
    (reason) => {
      shed.labels(reason).inc();
    },
  );
  metrics.gauge('parley_requests_in_flight', () => overload.inFlight);
  metrics.gauge('parley_cometd_held_connects', () => cometd.heldConnects + agentCometd.heldConnects);
  metrics.gauge('parley_cometd_websockets', () => cometd.openWebSockets);
  return {
    ...{
      settings,
      logger,
      metrics,
      clock,
      storage,
      services,
      chats,
      dialogs,
      reader,
      customers,
      cors,
      cometd,
      readiness,
      agentCometd,
      overload,
    },
    nodeStatus: new NodeStatus(
      ...([readiness, [cometd, agentCometd], new AuditLog(redis, keys, deadlineMs), logger] as const),
    ),
    mayCreate: ({ socket, headers: { 'x-forwarded-for': hops } }) =>
      serviceRate.take(peers.addressOf(socket, typeof hops === 'string' ? hops : undefined)),
    mayPoke: (request, token) => pokers.includes(request.raw.socket) || pokeTokens.isValid(request.params.id, token),
    identities: identity.identities,
    agentDesk: new AgentDesk({ agents, table, delivery: userChats, clock }),
    agentChats: new AgentChats({ services: repository, agents, delivery: userChats, history }),
    supervision: new Supervision({ services: repository, agents, table, clock }),
    deskChoices: new DeskChoices(identity.file, table),
    deskPage: { folder: new PageFolder(join(PAGES, 'desk')), oidc: oidcOf(settings) },
    demoPage: new PageFolder(join(PAGES, 'demo')),
    open: async () => {
      await checkDurability(settings, redis, logger);
      const channels = Array.from({ length: settings.partitions }, (_, partition) => keys.beat(partition, processId));
      await Promise.all([wakes.watch(redis, channels), logics.open(), pokeTokens.open()]);
    },
    close: async () => {
      for (const each of [cometd, agentCometd]) each.close();
      overload.close();
      identity.close();
      await Promise.all([logics.close(), host.close()]);
      definitions.close();
      wakes.close();
      clock.stop();
      for (const connection of [...connections, subscriber]) connection.disconnect();
    },
  };
};
