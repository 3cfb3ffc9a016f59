import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { TestCluster } from './redis-cluster.js';
import type { TestRedis } from './redis-server.js';

/** Keys that are moved at a time, and the pause after them in milliseconds: a slot of a real store takes a while. */
const KEYS_AT_ONCE = 2;
const STEP_MS = 50;
const MOVE_LIMIT_MS = 5_000;

/** Which of the nodes serves a slot; its id, and its node. */
export interface SlotOwner {
  readonly id: string;
  readonly node: TestRedis;
}

/** The hands of an operator on a cluster: who has what, and moving it. */
export class ClusterOperator {
  private readonly connections: ReadonlyMap<TestRedis, Redis>;

  constructor(private readonly cluster: TestCluster) {
    this.connections = new Map(
      cluster.nodes.map((node) => {
        const redis = new Redis(node.url, { lazyConnect: true, maxRetriesPerRequest: 1 });
        // Nodes are killed on purpose.
        redis.on('error', () => undefined);
        return [node, redis];
      }),
    );
  }

  close(): void {
    for (const redis of this.connections.values()) redis.disconnect();
  }

  /** The slot of a key or channel. */
  async slotOf(key: string): Promise<number> {
    return Number(await this.on(this.cluster.nodes[0]).call('CLUSTER', 'KEYSLOT', key));
  }

  /** Who serves a slot, as a node sees it. @param via - a node that is alive */
  async ownerOf(slot: number, via = this.cluster.nodes[0]): Promise<SlotOwner> {
    const ranges = await this.on(via).cluster('SLOTS');
    const [, , master] = ranges.find(([first, last]) => slot >= first && slot <= last) ?? [];
    const node = this.cluster.nodes.find(({ port }) => port === master?.[1]);
    if (master === undefined || node === undefined) throw new Error(`nobody serves slot ${slot}`);
    return { id: master[2], node };
  }

  /** The replicas of a master that follow it now. */
  async replicasOf({ id }: SlotOwner): Promise<readonly TestRedis[]> {
    const lines = (await this.on(this.cluster.nodes[0]).call('CLUSTER', 'REPLICAS', id)) as readonly string[];
    return this.cluster.nodes.filter(({ port }) => lines.some((line) => line.includes(`:${port}@`)));
  }

  /** Moves a slot with all its keys, as tools do it: in small steps, while clients go on. @returns keys that were moved */
  async moveSlot(slot: number, to: TestRedis): Promise<number> {
    const from = await this.ownerOf(slot);
    const [source, target] = [this.on(from.node), this.on(to)];
    const targetId = await target.cluster('MYID');
    await target.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', from.id);
    await source.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', targetId);
    let moved = 0;
    for (;;) {
      const keys = (await source.call('CLUSTER', 'GETKEYSINSLOT', slot, KEYS_AT_ONCE)) as readonly string[];
      if (keys.length === 0) break;
      await source.call('MIGRATE', to.host, to.port, '', 0, MOVE_LIMIT_MS, 'KEYS', ...keys);
      moved += keys.length;
      await pause(STEP_MS);
    }
    for (const redis of [target, source]) await redis.call('CLUSTER', 'SETSLOT', slot, 'NODE', targetId);
    return moved;
  }

  private on(node: TestRedis | undefined): Redis {
    const redis = node === undefined ? undefined : this.connections.get(node);
    if (redis === undefined) throw new Error('no such node in this cluster');
    return redis;
  }
}
