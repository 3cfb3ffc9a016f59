import { randomBytes } from 'node:crypto';
import { partitionOfService } from '@app/event-store';
import { KeySpace } from '@app/redis';
import { waitFor } from '../support/http.js';
import { startRedisCluster, type TestCluster } from '../support/redis-cluster.js';
import { type Stack, startStack } from '../support/stack.js';
import { figure, reportErrors } from './figures.js';
import { FAULTLESS, MessageLoad } from './message-load.js';
import { backWithinMs } from './recovery.js';
import { ClusterOperator, type SlotOwner } from '../support/cluster-operator.js';

const PARTITIONS = 64;
/** So long a chat waits whose slot moves, in milliseconds. */
const MOVE_MS = 3_000;
const CHATS = 18;
const WARM = 300;
const AFTER = 300;

let cluster: TestCluster;
let operator: ClusterOperator;
let stack: Stack | undefined;
let load: MessageLoad;
let keys: KeySpace;

const start = async (replicas: number, env: Readonly<Record<string, string>>): Promise<void> => {
  cluster = await startRedisCluster({ masters: 3, replicas });
  operator = new ClusterOperator(cluster);
  const prefix = `t${randomBytes(6).toString('hex')}`;
  keys = new KeySpace(prefix, PARTITIONS);
  stack = await startStack({
    ...{
      gateways: 2,
      workers: 1,
      redisUrl: `redis-cluster://${cluster.nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    },
    env: { DEMO_AGENT: '0', KEY_PREFIX: prefix, MESSAGES_PER_10S: '1000000', ...env },
  });
  load = new MessageLoad(stack.gateways);
  await load.start(CHATS);
  await more(WARM);
};

afterEach(async () => {
  load.close();
  reportErrors(stack);
  await stack?.stop();
  operator.close();
  await cluster.stop();
}, 60_000);

const more = async (count: number): Promise<void> => {
  const goal = load.kept + count;
  await waitFor(`${count} more messages to be kept`, () => load.kept >= goal, 30_000);
};

const slotOfChat = (chatId: string): Promise<number> =>
  operator.slotOf(keys.feed(partitionOfService(chatId, PARTITIONS)));

/** Of each chat, who serves it. */
const ownersOfChats = async (): Promise<ReadonlyMap<string, SlotOwner>> =>
  new Map(
    await Promise.all(load.chatIds.map(async (id) => [id, await operator.ownerOf(await slotOfChat(id))] as const)),
  );

const firstOf = <T>(values: Iterable<T>): T => {
  for (const value of values) return value;
  throw new Error('there is none');
};

const othersThan = (owner: SlotOwner) => cluster.nodes.filter((node) => node !== owner.node);

const everyChatGoesOn = async (limitMs: number): Promise<void> => {
  const sinceMs = performance.now();
  await waitFor('every chat to go on', () => load.chatsKeptSince(sinceMs) === CHATS, limitMs);
};

describe('a Cluster', () => {
  it('loses a master: its chats go on within 5 s, others hardly notice, and no message is lost', async () => {
    await start(2, { DURABILITY: 'replicated', REPLICAS_MIN: '1' });
    const owners = await ownersOfChats();
    const victim = firstOf(owners.values());
    const isHurt = (id: string): boolean => owners.get(id)?.node === victim.node;
    const slot = await slotOfChat(firstOf(owners.keys()));
    const killedMs = performance.now();
    await victim.node.kill();
    const [via] = othersThan(victim);
    await waitFor('a new master', async () => (await operator.ownerOf(slot, via)).node !== victim.node, 20_000);
    const electedMs = performance.now() - killedMs;
    await everyChatGoesOn(30_000);
    await more(AFTER);
    await victim.node.restart();
    await more(AFTER);
    const [hurtMs, unhurtMs] = [load.longestGapMs(isHurt), load.longestGapMs((id) => !isHurt(id))];
    const verdict = await load.finish();
    figure('Cluster, master killed', {
      ...{ kept: load.kept, 'new master after ms': Math.round(electedMs) },
      ...{ 'gap ms': hurtMs, 'gap of other chats ms': unhurtMs },
    });
    expect(verdict).toEqual(FAULTLESS);
    expect(hurtMs).toBeLessThan(backWithinMs(electedMs));
    expect(unhurtMs).toBeLessThan(hurtMs / 2);
  }, 150_000);

  it('promotes a replica that lags behind: what it had not received was not answered 200', async () => {
    await start(1, { DURABILITY: 'replicated', REPLICAS_MIN: '1' });
    const owners = await ownersOfChats();
    const victim = firstOf(owners.values());
    const isHurt = (id: string): boolean => owners.get(id)?.node === victim.node;
    const [replica] = await operator.replicasOf(victim);
    if (replica === undefined) throw new Error('the master has no replica');
    const slot = await slotOfChat(firstOf(owners.keys()));
    replica.freeze();
    // Others' chats go on; of these, what is written now is on the master alone.
    await more(AFTER);
    await victim.node.kill();
    replica.thaw();
    const via = othersThan(victim).find((node) => node !== replica);
    await waitFor(
      'the replica to be promoted',
      async () => (await operator.ownerOf(slot, via)).node === replica,
      20_000,
    );
    await victim.node.restart();
    await everyChatGoesOn(30_000);
    await more(AFTER);
    const [hurtMs, unhurtMs] = [load.longestGapMs(isHurt), load.longestGapMs((id) => !isHurt(id))];
    const verdict = await load.finish();
    figure('Cluster, lagging replica promoted', {
      kept: load.kept,
      'gap ms': hurtMs,
      'gap of other chats ms': unhurtMs,
    });
    expect(verdict).toEqual(FAULTLESS);
  }, 150_000);

  it('is resharded under load: chats in moving slots wait 3 s at most, and nothing is lost or doubled', async () => {
    await start(0, {});
    const owners = await ownersOfChats();
    const from = firstOf(owners.values());
    const to = cluster.nodes.find((node) => node !== from.node)!;
    const moving = load.chatIds.filter((id) => owners.get(id)?.node === from.node);
    const slots = new Set(await Promise.all(moving.map(slotOfChat)));
    let keysMoved = 0;
    for (const slot of slots) keysMoved += await operator.moveSlot(slot, to);
    await everyChatGoesOn(20_000);
    await more(AFTER);
    const isMoved = (id: string): boolean => moving.includes(id);
    const [movedMs, othersMs] = [load.longestGapMs(isMoved), load.longestGapMs((id) => !isMoved(id))];
    const verdict = await load.finish();
    figure('Cluster, resharded', {
      ...{ kept: load.kept, 'slots moved': slots.size, 'keys moved': keysMoved },
      ...{ 'gap ms': movedMs, 'gap of other chats ms': othersMs },
    });
    expect(verdict).toEqual(FAULTLESS);
    expect(movedMs).toBeLessThan(MOVE_MS);
    expect(othersMs).toBeLessThan(MOVE_MS);
  }, 150_000);
});
