import type { HoldResult } from '@app/bayeux';
import type { ServiceCommand, ServiceState } from '@app/domain';
import { newBasicServiceId, partitionOfUser } from '@app/event-store';
import { ServiceLab } from '../../../test/support/service-lab.js';
import { type ChatIdentity } from './chat-messages.js';
import { RedisBayeuxEngine } from './redis-bayeux-engine.js';
import { WakeChannels } from './wake-channels.js';

const OPTIONS = {
  deadlineMs: 3_000,
  holdMs: 55_000,
  expireMs: 10_000,
  clientsPerUser: 10,
  endedChatMs: 3_600_000,
  retentionS: 86_400,
};
const FACADE = {
  chatServerHost: 'h',
  chatWebApiPort: '1',
  chatServerLoadBalancerAlias: '2',
  isTlsRequired: false,
  timeZoneOffsetMin: 0,
};
const TIMEOUTS = { ttlS: 60, flexDisconnectS: 1, idleAlertS: 1, idleCloseS: 1, asyncCloseS: 1, idleAlertMessage: 'x' };

interface Told {
  readonly id: string;
  readonly message: {
    readonly chatIxnState: string;
    readonly transcriptPosition: string;
    readonly transcriptToShow: string[][];
  };
}

/** Two gateways over one store, a user, and his chat. */
class DeliveryLab {
  readonly lab = new ServiceLab(process.env['TEST_REDIS_URL'], { nowMs: () => Date.now() });
  readonly abort = new AbortController();
  readonly [0]: RedisBayeuxEngine;
  readonly [1]: RedisBayeuxEngine;
  readonly serviceId: string;
  private readonly wakes: WakeChannels[] = [];
  private commands = 0;

  constructor(
    readonly user: string,
    isAtHome: boolean,
  ) {
    const { partitions } = this.lab.keys;
    const home = partitionOfUser(user, partitions);
    this.serviceId = newBasicServiceId(isAtHome ? home : (home + 1) % partitions, partitions);
    this[0] = this.gateway();
    this[1] = this.gateway();
  }

  async startChat(): Promise<void> {
    const { user } = this;
    await this.execute({
      type: 'RequestService',
      name: 'x',
      kind: 'basic',
      timeouts: TIMEOUTS,
      businessData: {},
      user,
    });
    await this.execute({
      type: 'StartChat',
      sessionId: 'S',
      userId: 'U',
      secureKey: 'K',
      nickname: 'BuzzB',
      attachedData: {},
      notifyBy: 'comet',
    });
  }

  say(text: string): Promise<void> {
    return this.execute({ type: 'SendMessage', by: 'customer', text, atMs: Date.now() });
  }

  async execute(command: ServiceCommand): Promise<void> {
    this.commands += 1;
    const commandId = `c${this.commands}`;
    await this.lab.repository.execute(this.serviceId, { commands: () => [command], commandId });
  }

  async client(acknowledges: boolean, user = this.user): Promise<string> {
    const made = await this[0].handshake({ user, acknowledges });
    if (made.outcome !== 'created') throw new Error('the handshake was refused');
    await this[1].subscribe(made.clientId, user);
    return made.clientId;
  }

  connect(gateway: 0 | 1, clientId: string, ack?: number, { isImmediate = false, user = this.user } = {}) {
    return this[gateway].connect({ clientId, user, ack, isImmediate, signal: this.abort.signal });
  }

  close(): void {
    this.abort.abort();
    for (const wakes of this.wakes) wakes.close();
    this.lab.close();
  }

  private gateway(): RedisBayeuxEngine {
    const wakes = new WakeChannels(this.lab.connect('subscriber'));
    this.wakes.push(wakes);
    const identityOf = async (serviceId: string): Promise<ChatIdentity | undefined> => {
      const state: ServiceState | undefined = (await this.lab.repository.view(serviceId))?.state;
      if (state?.status !== 'open' || state.chat === null) return undefined;
      return { serviceId, service: state, chat: state.chat, facade: FACADE };
    };
    return new RedisBayeuxEngine(this.lab.redis, this.lab.keys, wakes, identityOf, this.lab.clock, OPTIONS);
  }
}

const told = (result: HoldResult): readonly Told[] =>
  (result.outcome === 'delivered' ? result.messages : []).map((text) => (JSON.parse(text) as { data: Told }).data);
const textsOf = (result: HoldResult): string[] =>
  told(result).flatMap(({ message }) => message.transcriptToShow.map(([, , text = '']) => text));

describe.each([
  ['lives with its user', true],
  ['was created before its user was known', false],
])('delivery of a chat that %s', (_, isAtHome) => {
  let lab: DeliveryLab;

  beforeEach(async () => {
    lab = new DeliveryLab(`user-${Math.floor(performance.now() * 1_000)}`, isAtHome);
    await lab.startChat();
  });

  afterEach(() => {
    lab.close();
  });

  it('begins with the start of the chat, and not before its reply is out', async () => {
    const client = await lab.client(true);
    await lab[0].bind(lab.serviceId, lab.user, 60_000);
    await lab.say('early');
    expect(await lab.connect(0, client, 0, { isImmediate: true })).toEqual({ outcome: 'nothing', batch: 0 });
    const held = lab.connect(0, client, 0);
    await lab[1].bind(lab.serviceId, lab.user);
    expect(
      told(await held).map(({ message }) => [message.transcriptPosition, message.transcriptToShow.length]),
    ).toEqual([
      ['1', 0],
      ['2', 1],
    ]);
  });

  it('wakes a held connect on any gateway', async () => {
    const client = await lab.client(true);
    await lab[0].bind(lab.serviceId, lab.user);
    await lab.connect(0, client, 0, { isImmediate: true });
    const held = lab.connect(1, client, 1);
    await lab.say('hi');
    expect(textsOf(await held)).toEqual(['hi']);
  });

  it('sends a batch again, the very same, until it is acknowledged', async () => {
    const client = await lab.client(true);
    await lab[0].bind(lab.serviceId, lab.user);
    const first = await lab.connect(0, client, 0);
    await lab.say('meanwhile');
    expect(await lab.connect(1, client, 0)).toEqual(first);
    const second = await lab.connect(1, client, 1);
    expect(second).toMatchObject({ outcome: 'delivered', batch: 2 });
    expect(textsOf(second)).toEqual(['meanwhile']);
  });

  it('commits a batch of a client without acknowledgement when it has been written', async () => {
    const client = await lab.client(false);
    await lab[0].bind(lab.serviceId, lab.user);
    const first = await lab.connect(0, client);
    expect(await lab.connect(1, client)).toEqual(first);
    await lab[1].written(client, lab.user, 1);
    await lab.say('next');
    expect(textsOf(await lab.connect(0, client))).toEqual(['next']);
  });

  it('ends an older connect when a newer one comes, wherever', async () => {
    const client = await lab.client(true);
    const older = lab.connect(0, client, 0);
    const newer = lab.connect(1, client, 0);
    expect(await older).toEqual({ outcome: 'superseded' });
    await lab[0].bind(lab.serviceId, lab.user);
    expect(await newer).toMatchObject({ outcome: 'delivered' });
  });

  it('tells every client of the user, and nobody else', async () => {
    const clients = [await lab.client(true), await lab.client(false)];
    const stranger = await lab.client(true, 'stranger');
    await lab[0].bind(lab.serviceId, lab.user);
    await lab.say('hi');
    for (const client of clients) expect(textsOf(await lab.connect(0, client, 0))).toEqual(['hi']);
    const asStranger = { isImmediate: true, user: 'stranger' };
    expect(await lab.connect(0, stranger, 0, asStranger)).toMatchObject({ outcome: 'nothing' });
    expect(await lab.connect(0, clients[0] ?? '', 0, asStranger)).toEqual({ outcome: 'unknown-client' });
  });

  it('goes on after the last committed event with a new client, or where the old one said', async () => {
    const old = await lab.client(true);
    await lab[0].bind(lab.serviceId, lab.user);
    await lab.say('one');
    await lab.connect(0, old, 0);
    await lab.connect(0, old, 1, { isImmediate: true });
    await lab.say('two');
    expect(textsOf(await lab.connect(1, await lab.client(true), 0))).toEqual(['two']);
    expect(await lab[0].disconnect(old, lab.user, 1)).toBe(true);
    expect(await lab[0].disconnect(old, lab.user, 1)).toBe(false);
    expect(textsOf(await lab.connect(1, await lab.client(true), 0))).toEqual(['one', 'two']);
  });

  it('tells the end of a chat', async () => {
    const client = await lab.client(true);
    await lab[0].bind(lab.serviceId, lab.user);
    await lab.execute({ type: 'Disconnect' });
    expect(told(await lab.connect(0, client, 0)).at(-1)?.message.chatIxnState).toBe('DISCONNECTED');
  });

  it('delivers everything after a position again when it is asked to', async () => {
    const client = await lab.client(true);
    await lab[0].bind(lab.serviceId, lab.user);
    for (const text of ['one', 'two', 'three']) await lab.say(text);
    await lab.connect(0, client, 0);
    await lab.connect(0, client, 1, { isImmediate: true });
    await lab[1].replay(lab.serviceId, lab.user, 2);
    const again = told(await lab.connect(0, client, 1));
    expect(again.map(({ message }) => message.transcriptToShow.map(([, , text]) => text))).toEqual([['two', 'three']]);
  });

  it('forgets a client that was told to go', async () => {
    const client = await lab.client(true);
    const held = lab.connect(0, client, 0);
    await lab[1].disconnect(client, lab.user, undefined);
    expect(await held).toEqual({ outcome: 'unknown-client' });
    expect(await lab[0].userOf(client)).toBeUndefined();
  });
});
