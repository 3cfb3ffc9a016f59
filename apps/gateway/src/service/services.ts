import { randomInt } from 'node:crypto';
import { DomainError, type OpenService, type ServiceCommand, type ServiceState } from '@app/domain';
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
import type { CreateRequest } from '@app/wire';
import { newCommandId } from './command-id.js';
import type { ServiceCatalog } from './service-catalog.js';

/** An id of the right form that no service has: malformed ids take the same way through the store as unknown ones. */
const NO_SERVICE = '00000000-0000-4000-8000-000000000000';

/** A command of a customer, with the envelope of its request. */
export interface CustomerCommand {
  readonly command?: (nowMs: number) => ServiceCommand;
  readonly commandId?: string | undefined;
  readonly verbose?: boolean;
  /** Where the reply begins, when it shows events. */
  readonly replyFrom?: ReplyStart;
}

const unknownService = (): DomainError =>
  new DomainError('SERVICE_NOT_FOUND', 'no service has this id: it was never created, or it expired or was deleted');

/** Services of customers: who may reach one, and what is done to it. */
export class Services {
  constructor(
    private readonly repository: ServiceRepository,
    private readonly storage: ServiceStorage,
    private readonly catalog: ServiceCatalog,
    private readonly partitions: number,
  ) {}

  /** Creates a service and returns its id. @throws DomainError SERVICE_NAME_UNKNOWN, ENDPOINT_UNKNOWN */
  async create(name: string, parameters: CreateRequest, user: string | undefined): Promise<string> {
    const definition = this.catalog.named(name);
    const { options } = definition;
    const { chatEndpoint, ttlS, timeZoneOffsetMin, deviceOs, deviceNotificationId } = parameters;
    if (chatEndpoint !== undefined && ![options.chatEndpoint, ...options.chatEndpoints].includes(chatEndpoint)) {
      throw new DomainError(
        'ENDPOINT_UNKNOWN',
        '_chat_endpoint: expected one of the endpoints that the service allows',
      );
    }
    const partition = user === undefined ? randomInt(this.partitions) : partitionOfUser(user, this.partitions);
    const newId = definition.kind === 'basic' ? newBasicServiceId : newAdvancedServiceId;
    const id = newId(partition, this.partitions);
    const endpoint = chatEndpoint ?? options.chatEndpoint;
    const command: ServiceCommand = {
      type: 'RequestService',
      name: definition.name,
      kind: definition.kind,
      timeouts: {
        ttlS: Math.min(ttlS ?? options.ttlS, options.ttlS),
        flexDisconnectS: options.flexDisconnectTimeoutS,
        idleAlertS: options.idleAlertTimeoutS,
        idleCloseS: options.idleCloseTimeoutS,
        asyncCloseS: options.asyncCloseTimeoutS,
        idleAlertMessage: options.idleAlertMessage,
      },
      businessData: parameters.businessData,
      ...(user === undefined ? {} : { user }),
      ...(endpoint === undefined ? {} : { chatEndpoint: endpoint }),
      ...(timeZoneOffsetMin === undefined ? {} : { timeZoneOffsetMin }),
      ...(deviceOs === undefined || deviceNotificationId === undefined
        ? {}
        : { device: { os: deviceOs, notificationId: deviceNotificationId } }),
    };
    await this.repository.execute(id, {
      commands: () => [command],
      commandId: newCommandId(),
      verbose: parameters.verbose,
      isFromCustomer: true,
    });
    return id;
  }

  /** Ends the service; later requests find none. */
  async drop(id: string, user: string | undefined): Promise<void> {
    await this.execute(id, user, { command: () => ({ type: 'DeleteService' }) });
    await this.storage.remove(id);
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
        return request.command === undefined ? identify : [...identify, request.command(nowMs)];
      },
      commandId: request.commandId ?? newCommandId(),
      isFromCustomer: true,
      verbose: request.verbose ?? false,
      ...(request.replyFrom === undefined ? {} : { reply: { from: request.replyFrom } }),
    };
    return this.repository.execute(reachable(id), execution);
  }

  /** Looks at a service that the customer may reach. @throws DomainError SERVICE_NOT_FOUND */
  async view(id: string, user: string | undefined, replyFrom?: ReplyStart): Promise<View<ServiceState>> {
    const view = await this.repository.view(reachable(id), {
      isFromCustomer: true,
      ...(replyFrom === undefined ? {} : { reply: { from: replyFrom } }),
      ...(user === undefined ? {} : { check: (state: ServiceState) => void this.identify(state, user) }),
    });
    if (view === undefined) throw unknownService();
    const state = openState(view.state);
    if (user !== undefined && state.user === undefined) await this.execute(id, user, {});
    return view;
  }

  /** Sets the cursor back: the customer never got this reply. */
  async takeBack(id: string, outcome: Outcome<ServiceState>): Promise<void> {
    await this.repository.rewind(id, outcome);
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
