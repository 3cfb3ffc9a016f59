import { randomBytes } from 'node:crypto';
import faye from 'faye';
import { AgentDesk } from '../chaos/cometd/agent-desk.js';
import { ChatApplication, type PushedData } from '../chaos/cometd/chat-application.js';
import { ChatCustomer } from '../chaos/cometd/chat-customer.js';
import { MAJORS, officialClient, TRANSPORTS, type Transport } from '../chaos/cometd/official-client.js';
import { type ProductRepository, openRepository } from '../load/measure/product-repository.js';
import { ChoiceProxy } from '../support/choice-proxy.js';
import { waitFor } from '../support/http.js';
import { startRedis, type TestRedis } from '../support/redis-server.js';
import { type Stack, startStack } from '../support/stack.js';
import type { WireEvent } from './customer.js';

/**
 * The clients that applications have, each with a chat of some thirty events, over two gateways of which a balancer
 * picks one at random for every request.
 */
const KEY_PREFIX = `t${randomBytes(6).toString('hex')}:`;
const PARTITIONS = 64;
const SEED = 4;
const START_LIMIT_MS = 90_000;

/** What a test sees of an application, whatever client it has. */
interface Application {
  readonly pushed: readonly PushedData[];
  readonly close: () => Promise<void>;
}

let redis: TestRedis;
let stack: Stack;
let proxy: ChoiceProxy;
let product: ProductRepository;
let users = 0;

beforeAll(async () => {
  redis = await startRedis();
  stack = await startStack({ gateways: 2, workers: 0, redisUrl: redis.url, env: { KEY_PREFIX, DEMO_AGENT: '0' } });
  proxy = await ChoiceProxy.start({ seed: SEED, targets: stack.gateways.map(({ url }) => url) });
  product = await openRepository({ redisUrl: redis.url, keyPrefix: KEY_PREFIX, partitions: PARTITIONS });
}, START_LIMIT_MS);

afterAll(async () => {
  product.close();
  await proxy.close();
  await stack.stop();
  await redis.stop();
}, START_LIMIT_MS);

const urlOf = (user: string): string => `${proxy.urlOf(user)}/genesys/cometd`;

const fayeApplication = async (user: string, transport: Transport): Promise<Application> => {
  const client = new faye.Client(urlOf(user));
  if (transport !== 'websocket') client.disable('websocket');
  const pushed: PushedData[] = [];
  await client.subscribe('/_genesys', (data) => {
    pushed.push(data as PushedData);
  });
  return { pushed, close: async () => client.disconnect() };
};

/** Each event with the position that applications reckon for it. */
const placed = (pushed: readonly PushedData[]): readonly (readonly [position: number, event: WireEvent])[] =>
  pushed.flatMap(({ message: { transcriptPosition, transcriptToShow: events = [] } }) =>
    events.map((event, index) => [Number(transcriptPosition) - (events.length - 1) + index, event] as const),
  );

/** A chat from its first event to its last, told to an application that subscribed before it began. */
const tellsAll = async (user: string, application: Application): Promise<void> => {
  const { pushed } = application;
  const customer = new ChatCustomer(proxy.urlOf(user), user);
  const shows = (count: number): Promise<unknown> =>
    waitFor(`${count} events to be shown`, () => Promise.resolve(placed(pushed).length >= count));
  try {
    await customer.createService();
    const started = await customer.startChat();
    // Applications drop what comes before they know the session.
    expect(pushed).toEqual([]);
    expect(started).toMatchObject({ chatIxnState: 'CONNECTED', comet_channel: '/_genesys' });

    const desk = new AgentDesk(product, customer.serviceId, 'Agent');
    await desk.join();
    let count = 1;
    for (let turn = 0; turn < 4; turn += 1) {
      // Alone, then together.
      await desk.say(`agent alone ${turn}`);
      await customer.send(`customer alone ${turn}`);
      count += 2;
      await shows(count);
      await Promise.all([
        ...[1, 2, 3].map((index) => desk.say(`agent together ${turn}.${index}`)),
        ...[1, 2].map((index) => customer.send(`customer together ${turn}.${index}`)),
      ]);
      count += 5;
    }
    await shows(count);
    await customer.end();
    await waitFor('the end to be told', () => Promise.resolve(pushed.at(-1)?.message.chatIxnState === 'DISCONNECTED'));

    const transcript = await desk.transcript();
    expect(placed(pushed)).toEqual(transcript.map((event, index) => [index + 2, event]));
    expect(transcript.length).toBeGreaterThanOrEqual(count);
    expect(new Set(pushed.map(({ id }) => id)).size).toBe(pushed.length);
    expect(pushed.map(({ message }) => message.chatSessionId)).toEqual(pushed.map(() => started.chatSessionId));
    expect(pushed[0]?.message).toMatchObject({
      chatIxnState: 'TRANSCRIPT',
      transcriptPosition: '1',
      transcriptToShow: [],
    });
    expect(pushed.filter(({ message }) => message.chatIxnState === 'DISCONNECTED')).toEqual([pushed.at(-1)]);
    expect(pushed.at(-1)?.message).toMatchObject({ transcriptPosition: String(transcript.length + 1) });
  } finally {
    customer.close();
  }
  await application.close();
};

const nextUser = (): string => `customer-${(users += 1)}`;

describe.each(MAJORS)('the client of cometd %i, over two gateways at random', (major) => {
  describe.each(TRANSPORTS)('by %s', (transport) => {
    it.each([true, false])('is told everything once and in order, acknowledging: %s', async (acknowledges) => {
      const user = nextUser();
      const client = await officialClient({ major, transport, acknowledges, url: urlOf(user) });
      const application = new ChatApplication(client);
      const { upgrades } = proxy.counters;
      await application.start();
      await tellsAll(user, application);
      expect(proxy.counters.upgrades - upgrades).toBe(transport === 'websocket' ? 1 : 0);
    });
  });
});

describe('the client of faye, over two gateways at random', () => {
  it.each(TRANSPORTS)('is told everything once and in order by %s', async (transport) => {
    const user = nextUser();
    await tellsAll(user, await fayeApplication(user, transport));
  });
});
