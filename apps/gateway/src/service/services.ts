import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { isOpenAt, type ServiceDefinition } from '@app/config';
import { DomainError, type OpenService, type ServiceCommand, type ServiceState, type TextMap } from '@app/domain';
import {
  type Execution,
  isServiceId,
  newAdvancedServiceId,
  newBasicServiceId,
  type Outcome,
  partitionOfUser,
  type ReplyStart,
  type ServiceStorage,
  type View,
} from '@app/event-store';
import type { ServiceRepository } from '@app/runtime';
import type { CreateRequest, QueuePosition, ShownStatus } from '@app/wire';
import { newCommandId } from './command-id.js';
import type { QueuePlaces } from './queue-places.js';
import type { ServiceCatalog } from './service-catalog.js';
import type { ServiceLogics } from './service-logics.js';
import { shownStatus } from './shown-status.js';

/** An id of the right form that no service has: malformed ids take the same way through the store as unknown ones. */
const NO_SERVICE = '00000000-0000-4000-8000-000000000000';

/** A command of a customer, with the envelope of its request. */
export interface CustomerCommand {
  readonly command?: (nowMs: number, service: OpenService) => ServiceCommand;
  readonly commandId?: string | undefined;
  readonly verbose?: boolean;
  /** Where the reply begins, when it shows events. */
  readonly replyFrom?: ReplyStart;
}

/** A poke as asked for. */
export interface PokeOrder {
  /** Undefined: the service's own. */
  readonly text: string | undefined;
  /** Handed to the logic of an advanced service. */
  readonly data: TextMap;
  readonly commandId: string | undefined;
}

/** A service that has just been created. */
export interface CreatedService {
  readonly id: string;
  readonly kind: 'basic' | 'advanced';
}

export interface StatusOutcome {
  readonly service: OpenService;
  /** Whether its logic has something to answer. */
  readonly hasNews: boolean;
}

export interface ServicesOptions {
  readonly repository: ServiceRepository;
  readonly storage: ServiceStorage;
  readonly catalog: ServiceCatalog;
  readonly logics: ServiceLogics;
  readonly places: QueuePlaces;
  readonly partitions: number;
}

/** How long a browser waits for what a service logic says to its form, by looks at the stream: 1 s in all, in ms. */
const LOOKS_MS = [20, 30, 50, 100, 150, 250, 400];

const unknownService = (): DomainError =>
  new DomainError('SERVICE_NOT_FOUND', 'no service has this id: it was never created, or it expired or was deleted');

/** Services of customers: who may reach one, and what is done to it. */
export class Services {
  constructor(private readonly options: ServicesOptions) {}

  /** Creates a service. @throws DomainError SERVICE_NAME_UNKNOWN, ENDPOINT_UNKNOWN, SERVICE_NOT_AVAILABLE */
  async create(name: string, parameters: CreateRequest, user: string | undefined): Promise<CreatedService> {
    const { catalog, partitions, repository } = this.options;
    const definition = catalog.named(name);
    const { kind, options } = definition;
    const { chatEndpoint, ttlS, timeZoneOffsetMin } = parameters;
    if (chatEndpoint !== undefined && ![options.chatEndpoint, ...options.chatEndpoints].includes(chatEndpoint)) {
      throw new DomainError(
        'ENDPOINT_UNKNOWN',
        '_chat_endpoint: expected one of the endpoints that the service allows',
      );
    }
    const partition = user === undefined ? randomInt(partitions) : partitionOfUser(user, partitions);
    const newId = kind === 'basic' ? newBasicServiceId : newAdvancedServiceId;
    const id = newId(partition, partitions);
    const endpoint = chatEndpoint ?? options.chatEndpoint;
    const logic = this.logicOf(definition);
    const command = (nowMs: number): ServiceCommand => ({
      type: 'RequestService',
      name: definition.name,
      kind,
      timeouts: {
        ttlS: Math.min(ttlS ?? options.ttlS, options.ttlS),
        flexDisconnectS: options.flexDisconnectTimeoutS,
        idleAlertS: options.idleAlertTimeoutS,
        idleCloseS: options.idleCloseTimeoutS,
        asyncCloseS: options.asyncCloseTimeoutS,
        idleAlertMessage: options.idleAlertMessage,
        reservationS: options.reservationS,
        answerS: options.answerS,
        retentionS: options.retentionS,
      },
      businessData: parameters.businessData,
      ...(user === undefined ? {} : { user }),
      ...(endpoint === undefined ? {} : { chatEndpoint: endpoint }),
      ...(timeZoneOffsetMin === undefined ? {} : { timeZoneOffsetMin }),
      ...deviceOf(parameters),
      notifications: {
        isPokeEnabled: options.pokeEnabled,
        pokeMessage: options.pokeMessage,
        awayPushS: options.clientTimeoutNotificationS,
        awayMessage: options.agentTimeoutNotificationMessage,
        ...(options.providerName === undefined ? {} : { provider: options.providerName }),
      },
      ...(logic === undefined ? {} : { logic, isOpen: isOpenAt(options.businessHours, nowMs) }),
    });
    await repository.execute(id, {
      commands: (_, nowMs) => [command(nowMs)],
      commandId: newCommandId(),
      verbose: parameters.verbose,
      isFromCustomer: true,
    });
    return { id, kind };
  }

  /**
   * Hands data to the logic of an advanced service, when there are any that it does not have, and tells what is shown
   * now: the logic answers later. Without news it is one look.
   * @throws DomainError SERVICE_NOT_FOUND, STORAGE_FULL
   */
  async status(id: string, user: string | undefined, data: TextMap, verbose: boolean): Promise<StatusOutcome> {
    const service = advanced((await this.view(id, user)).state);
    const news = Object.entries(data).filter(([key, value]) => ownValue(service.businessData, key) !== value);
    if (news.length === 0) return { service, hasNews: false };
    // First what has a limit: what the storage refuses, the logic does not hear of.
    await this.options.storage.put(id, news);
    const hours = this.definitionOf(service)?.options.businessHours;
    const { state } = await this.execute(id, user, {
      command: (nowMs) => ({ type: 'UpdateData', data: Object.fromEntries(news), isOpen: isOpenAt(hours, nowMs) }),
      verbose,
    });
    return { service: openState(state), hasNews: true };
  }

  /**
   * Has the customer's device told. Whoever may do that is no customer: he is not seen by it.
   * @throws DomainError POKE_UNAVAILABLE, SERVICE_NOT_FOUND
   */
  async poke(id: string, { text, data, commandId }: PokeOrder): Promise<void> {
    await this.options.repository.execute(reachable(id), {
      commandId: commandId ?? newCommandId(),
      commands: (state, nowMs) => {
        const service = openState(state);
        const poke: ServiceCommand = { type: 'Poke', ...(text === undefined ? {} : { text }) };
        if (service.kind === 'basic' || Object.keys(data).length === 0) return [poke];
        const isOpen = isOpenAt(this.definitionOf(service)?.options.businessHours, nowMs);
        return [poke, { type: 'UpdateData', data, isOpen }];
      },
    });
  }

  /** What applications are shown of an advanced service. */
  shown(service: OpenService): ShownStatus {
    return shownStatus(service, this.definitionOf(service));
  }

  /** Waits until the logic of a service has said something new, or has had the time to. */
  async answered(id: string, user: string | undefined, { appliedTo }: OpenService): Promise<void> {
    for (const lookMs of LOOKS_MS) {
      await pause(lookMs);
      if ((await this.open(id, user)).appliedTo !== appliedTo) return;
    }
  }

  /** Where a service stands in its queue. @throws DomainError SERVICE_NOT_FOUND */
  async queuePosition(id: string, service: OpenService): Promise<QueuePosition> {
    const { routing, chat } = service;
    const hasAgent = (routing !== null && routing.phase !== 'waiting') || (chat?.agents.length ?? 0) > 0;
    const place = routing?.phase === 'waiting' ? await this.options.places.positionOf(id) : undefined;
    if (place === undefined) return { position: 0, etaS: 0, totalWaiting: 0, isAgentReady: hasAgent };
    const { position, totalWaiting, etaS, agentsReady } = place;
    return { position, totalWaiting, etaS: Math.ceil(etaS), isAgentReady: agentsReady >= position };
  }

  /** Ends the service; later requests find none. */
  async drop(id: string, user: string | undefined): Promise<void> {
    await this.execute(id, user, { command: () => ({ type: 'DeleteService' }) });
    await this.options.storage.remove(id);
  }

  /** Whether the chat of a service has begun and is not over. */
  async isChatting(id: string): Promise<boolean> {
    const state = (await this.options.repository.view(id))?.state;
    return state?.status === 'open' && state.chat !== null && state.chat.ended === null;
  }

  /** The service itself, for what is done beside its events. @throws DomainError SERVICE_NOT_FOUND */
  async open(id: string, user: string | undefined): Promise<OpenService> {
    return openState((await this.view(id, user)).state);
  }

  /** Carries a customer's command out on a service that he may reach. @throws DomainError */
  execute(id: string, user: string | undefined, request: CustomerCommand): Promise<Outcome<ServiceState>> {
    const execution: Execution<ServiceCommand, ServiceState> = {
      commands: (state, nowMs) => {
        const identify = this.identify(state, user);
        return request.command === undefined ? identify : [...identify, request.command(nowMs, openState(state))];
      },
      commandId: request.commandId ?? newCommandId(),
      isFromCustomer: true,
      verbose: request.verbose ?? false,
      ...(request.replyFrom === undefined ? {} : { reply: { from: request.replyFrom } }),
    };
    return this.options.repository.execute(reachable(id), execution);
  }

  /** Looks at a service that the customer may reach. @throws DomainError SERVICE_NOT_FOUND */
  async view(id: string, user: string | undefined, replyFrom?: ReplyStart): Promise<View<ServiceState>> {
    const view = await this.options.repository.view(reachable(id), {
      isFromCustomer: true,
      ...(replyFrom === undefined ? {} : { reply: { from: replyFrom } }),
      ...(user === undefined ? {} : { check: (state: ServiceState) => this.identify(state, user).length === 0 }),
    });
    if (view === undefined) throw unknownService();
    const state = openState(view.state);
    // Somebody else may have become its owner just now.
    if (this.identify(state, user).length > 0) await this.execute(id, user, {});
    return view;
  }

  /** Sets the cursor back: the customer never got this reply. */
  async takeBack(id: string, outcome: Outcome<ServiceState>): Promise<void> {
    await this.options.repository.rewind(id, outcome);
  }

  private definitionOf({ name }: OpenService): ServiceDefinition | undefined {
    return this.options.catalog.find(name);
  }

  /** The version of its logic that a new service gets; none for a basic one. */
  private logicOf({ logic }: ServiceDefinition): string | undefined {
    if (logic === undefined) return undefined;
    const current = this.options.logics.current(logic);
    if (current !== undefined) return current.hash;
    throw new DomainError('SERVICE_NOT_AVAILABLE', `the logic of this service is not there: logic/${logic}.mjs`);
  }

  /** The first trusted user of a service becomes its owner; to any other there is no such service. */
  private identify(state: ServiceState, user: string | undefined): ServiceCommand[] {
    if (state.status !== 'open') throw unknownService();
    if (user === undefined || state.user === user) return [];
    if (state.user !== undefined) throw unknownService();
    return [{ type: 'IdentifyOwner', user }];
  }
}

const reachable = (id: string): string => (isServiceId(id) ? id : NO_SERVICE);

const openState = (state: ServiceState): OpenService => {
  if (state.status !== 'open') throw unknownService();
  return state;
};

/** Only advanced services have a status; to whoever asks for that of another one there is no such thing. */
const advanced = (state: ServiceState): OpenService => {
  const service = openState(state);
  if (service.kind === 'advanced') return service;
  throw new DomainError('SERVICE_NOT_FOUND', 'no advanced service has this id: this one is basic and has no status');
};

/** A poke needs both; statuses that are told over CometD go to a user, not to a device with an id. */
const deviceOf = ({ deviceOs: os, deviceNotificationId: id }: CreateRequest): Pick<OpenService, 'device'> => {
  const notificationId = os === 'comet' ? (id ?? '') : id;
  return os === undefined || notificationId === undefined ? {} : { device: { os, notificationId } };
};

const ownValue = (data: TextMap, key: string): string | undefined => (Object.hasOwn(data, key) ? data[key] : undefined);
