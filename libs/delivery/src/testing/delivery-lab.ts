import type { HoldResult } from '@app/bayeux';
import type { ServiceCommand, ServiceState } from '@app/domain';
import { newBasicServiceId, partitionOfUser } from '@app/event-store';
import { waitFor } from '../../../../test/support/http.js';
import { ServiceLab } from '../../../../test/support/service-lab.js';
import { type ChatIdentity, customerForm } from '../chat-messages.js';
import type { MessageForm } from '../message-form.js';
import { RedisBayeuxEngine } from '../redis-bayeux-engine.js';
import { CHATS_KEPT, UserChats } from '../user-chats.js';
import { WakeChannels } from '../wake-channels.js';

const OPTIONS = {
  deadlineMs: 3_000,
  holdMs: 55_000,
  expireMs: 10_000,
  clientsPerUser: 10,
  handshakesPer10S: 100,
};
const FACADE = {
  chatServerHost: 'h',
  chatWebApiPort: '1',
  chatServerLoadBalancerAlias: '2',
  isTlsRequired: false,
  timeZoneOffsetMin: 0,
};
const TIMEOUTS = { ttlS: 60, flexDisconnectS: 1, idleAlertS: 1, idleCloseS: 1, asyncCloseS: 1, idleAlertMessage: 'x' };

/** The data of a pushed message. */
export interface Told {
  readonly id: string;
  readonly message: {
    readonly chatIxnState: string;
    readonly transcriptPosition: string;
    readonly transcriptToShow: string[][];
  };
}

/** Two gateways over one store, a user, and his chat. */
export class DeliveryLab {
  readonly lab = new ServiceLab(process.env['TEST_REDIS_URL'], { nowMs: () => Date.now() });
  readonly abort = new AbortController();
  readonly chats = new UserChats(this.lab.redis, this.lab.keys, this.lab.clock, { deadlineMs: 3_000, ...CHATS_KEPT });
  readonly [0]: RedisBayeuxEngine;
  readonly [1]: RedisBayeuxEngine;
  readonly serviceId: string;
  private readonly wakes: WakeChannels[] = [];
  private commands = 0;

  constructor(
    readonly user: string,
    isAtHome: boolean,
    form?: MessageForm,
  ) {
    this.serviceId = this.newServiceId(user, isAtHome);
    this[0] = this.gateway(form);
    this[1] = this.gateway(form);
  }

  newServiceId(user: string, isAtHome: boolean): string {
    const { partitions } = this.lab.keys;
    const home = partitionOfUser(user, partitions);
    return newBasicServiceId(isAtHome ? home : (home + 1) % partitions, partitions);
  }

  async startChat(
    businessData: Readonly<Record<string, string>> = {},
    { user, serviceId }: Pick<DeliveryLab, 'user' | 'serviceId'> = this,
  ): Promise<void> {
    const request = {
      type: 'RequestService',
      name: 'x',
      kind: 'basic',
      timeouts: TIMEOUTS,
      businessData,
      user,
    } as const;
    await this.execute(request, serviceId);
    await this.execute(
      {
        type: 'StartChat',
        sessionId: 'S',
        userId: 'U',
        secureKey: 'K',
        nickname: 'BuzzB',
        attachedData: {},
        notifyBy: 'comet',
      },
      serviceId,
    );
  }

  say(text: string, serviceId = this.serviceId): Promise<void> {
    return this.execute({ type: 'SendMessage', by: 'customer', text, atMs: Date.now() }, serviceId);
  }

  async execute(command: ServiceCommand, serviceId = this.serviceId): Promise<void> {
    this.commands += 1;
    const commandId = `c${this.commands}`;
    await this.lab.repository.execute(serviceId, { commands: () => [command], commandId });
  }

  /** A client that has subscribed and made its first connect, before there was anything to tell. */
  async client(user = this.user): Promise<string> {
    const made = await this[0].handshake({ user });
    if (made.outcome !== 'created') throw new Error('the handshake was refused');
    await this.connect(0, made.clientId, 0, { user });
    await this[1].subscribe(made.clientId, user);
    return made.clientId;
  }

  connect(gateway: 0 | 1, clientId: string, ack?: number, { isImmediate = false, user = this.user } = {}) {
    return this[gateway].connect({ clientId, user, ack, isImmediate, signal: this.abort.signal });
  }

  /** Resolves when a connect of a client is held. */
  async held(clientId: string): Promise<void> {
    const { keys, redis } = this.lab;
    const key = keys.user(partitionOfUser(this.user, keys.partitions), '').client + clientId;
    await waitFor('a connect to be held', async () => ((await redis.hget(key, 'g')) ?? '') !== '');
  }

  close(): void {
    this.abort.abort();
    for (const wakes of this.wakes) wakes.close();
    this.lab.close();
  }

  private gateway(form?: MessageForm): RedisBayeuxEngine {
    const wakes = new WakeChannels(this.lab.connect('subscriber'));
    this.wakes.push(wakes);
    const identityOf = async (serviceId: string): Promise<ChatIdentity | undefined> => {
      const state: ServiceState | undefined = (await this.lab.repository.view(serviceId))?.state;
      if (state?.status !== 'open' || state.chat === null) return undefined;
      return { serviceId, service: state, chat: state.chat, facade: FACADE };
    };
    return new RedisBayeuxEngine(
      this.lab.redis,
      this.lab.keys,
      wakes,
      form ?? customerForm(identityOf),
      this.lab.clock,
      OPTIONS,
    );
  }
}

export const told = (result: HoldResult): readonly Told[] =>
  (result.outcome === 'delivered' ? result.messages : []).map((text) => (JSON.parse(text) as { data: Told }).data);

export const textsOf = (result: HoldResult): string[] =>
  told(result).flatMap(({ message }) => message.transcriptToShow.map(([, , text = '']) => text));
