import { randomBytes } from 'node:crypto';
import { partitionOfUser } from '@app/event-store';
import { KeySpace } from '@app/redis';
import { startCometChat } from '../conformance/cometd-stack.js';
import { CometdSession, textsPushed } from '../conformance/cometd-session.js';
import { type Chat, chatPath } from '../conformance/customer.js';
import { HttpClient, waitFor } from '../support/http.js';
import { startRedisCluster, type TestCluster } from '../support/redis-cluster.js';
import { type Stack, startStack } from '../support/stack.js';
import { figure, reportErrors } from './figures.js';
import { ClusterOperator } from '../support/cluster-operator.js';

const PARTITIONS = 64;
const USERS = 16;
/** A hint that got lost costs two beats and what it takes to connect again, in milliseconds. */
const LATE_MS = 12_000;
/** With all subscriptions in place a message comes within this, in milliseconds. */
const PROMPT_MS = 1_000;
/** Longer than any wake-up may take, and short enough for the test to end, in milliseconds. */
const HOLD_MS = 20_000;

interface Listener {
  readonly user: string;
  readonly session: CometdSession;
  readonly chat: Chat;
}

let cluster: TestCluster;
let operator: ClusterOperator;
let stack: Stack;
let keys: KeySpace;
let clients: readonly HttpClient[];
let listeners: readonly Listener[];
let rounds = 0;

beforeAll(async () => {
  cluster = await startRedisCluster({ masters: 3, replicas: 1 });
  operator = new ClusterOperator(cluster);
  const prefix = `t${randomBytes(6).toString('hex')}`;
  keys = new KeySpace(prefix, PARTITIONS);
  const nodes = cluster.nodes.map(({ port }) => `127.0.0.1:${port}`).join(',');
  stack = await startStack({
    ...{ gateways: 2, workers: 1, redisUrl: `redis-cluster://${nodes}` },
    env: { DEMO_AGENT: '0', KEY_PREFIX: prefix },
  });
  clients = stack.gateways.map(({ url }) => new HttpClient(url));
  listeners = await Promise.all(Array.from({ length: USERS }, (_, index) => listener(`user-${index}`)));
}, 90_000);

afterAll(async () => {
  for (const client of clients) client.close();
  reportErrors(stack);
  await stack.stop();
  operator.close();
  await cluster.stop();
}, 60_000);

/** Listens at one gateway; what he is told comes from the other. */
const listener = async (user: string): Promise<Listener> => {
  const session = await CometdSession.subscribed(clients[0]!, user);
  const chat = await startCometChat(clients[1]!, user);
  await session.until('the beginning', (pushed) => pushed.length > 0);
  return { user, session, chat };
};

const slotOf = (user: string): Promise<number> =>
  operator.slotOf(keys.user(partitionOfUser(user, PARTITIONS), '').channel);

const sendUntilTaken = async ({ chat, user }: Listener, text: string): Promise<void> => {
  await waitFor(
    `${text} to be taken`,
    async () => {
      const options = { headers: { 'Idempotency-Key': text, gms_user: user }, form: { message: text } };
      const reply = await clients[1]!.post(chatPath(chat.id, 'send'), options).catch(() => undefined);
      return reply?.status === 200;
    },
    30_000,
  );
};

/** Holds a connect until the text has come, and one more whenever a reply says nothing of it. */
const hears = async ({ session }: Listener, text: string): Promise<number> => {
  while (!textsPushed(session.pushed).includes(text)) {
    // A gateway whose Redis is away answers 503: the client comes again.
    await session.connect({ holdMs: HOLD_MS }).catch(() => undefined);
  }
  return performance.now();
};

/** Everybody holds a connect; then something happens; then a message for each. @returns the longest wait for one, in ms */
const latest = async (happen: () => Promise<unknown> = () => Promise.resolve(), meant = listeners): Promise<number> => {
  rounds += 1;
  const text = `round-${rounds}`;
  const heard = meant.map((each) => hears(each, text));
  await happen();
  const waits = meant.map(async (each, index) => {
    await sendUntilTaken(each, text);
    const takenMs = performance.now();
    return ((await heard[index]) ?? 0) - takenMs;
  });
  return Math.round(Math.max(0, ...(await Promise.all(waits))));
};

describe('wake-ups in a Cluster', () => {
  it('reach held connects at another gateway, whichever node they go by', async () => {
    const promptMs = await latest();
    figure('Cluster, held connects', { 'latest ms': promptMs });
    expect(promptMs).toBeLessThan(PROMPT_MS);
  }, 60_000);

  it('come again after slots have moved', async () => {
    const [user] = listeners.map((each) => each.user);
    const from = await operator.ownerOf(await slotOf(user ?? ''));
    const to = cluster.nodes.slice(0, 3).find((node) => node !== from.node)!;
    const moved: Listener[] = [];
    const slots = new Set<number>();
    for (const each of listeners) {
      const slot = await slotOf(each.user);
      if ((await operator.ownerOf(slot)).node !== from.node) continue;
      moved.push(each);
      slots.add(slot);
    }
    const whileMs = await latest(async () => {
      for (const slot of slots) await operator.moveSlot(slot, to);
    });
    const freshMs = performance.now();
    // Nobody at this gateway has listened to his channel yet, and the map of slots may be old.
    for (const [index, each] of moved.entries()) {
      const fresh = await CometdSession.subscribed(clients[index % 2]!, each.user);
      await fresh.disconnect();
    }
    const handshakesMs = Math.round(performance.now() - freshMs);
    const afterMs = await latest();
    figure('Cluster, slots moved', {
      ...{ slots: slots.size, 'latest ms': whileMs, 'new sessions ms': handshakesMs, 'latest afterwards ms': afterMs },
    });
    expect(whileMs).toBeLessThan(LATE_MS);
    expect(afterMs).toBeLessThan(LATE_MS);
  }, 120_000);

  it('come again after a failover', async () => {
    const slot = await slotOf(listeners[0]!.user);
    const victim = await operator.ownerOf(slot);
    const via = cluster.nodes.find((node) => node !== victim.node);
    const whileMs = await latest(async () => {
      await victim.node.kill();
      await waitFor('another master', async () => (await operator.ownerOf(slot, via)).node !== victim.node, 20_000);
    });
    const afterMs = await latest();
    figure('Cluster, master killed, held connects', { 'latest ms': whileMs, 'latest afterwards ms': afterMs });
    expect(whileMs).toBeLessThan(LATE_MS);
    expect(afterMs).toBeLessThan(LATE_MS);
  }, 120_000);
});
