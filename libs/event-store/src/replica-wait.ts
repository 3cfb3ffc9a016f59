import { Cluster } from 'ioredis';
import { type EntryId, formatEntryId } from '@app/domain';
import {
  classifyRedisFailure,
  type KeySpace,
  type RedisConnection,
  retryUntil,
  scriptSource,
  StoreUnavailableError,
} from '@app/redis';
import { partitionOfStream } from './agent-id.js';

export interface ReplicaWaitOptions {
  /**
   * `commands` connections for this alone: while one waits for replicas, nothing else gets through it. More of them let
   * batches overlap.
   */
  readonly connections: readonly RedisConnection[];
  readonly keys: KeySpace;
  /** How many replicas must have an event. */
  readonly replicas: number;
}

/** Longest wait of one try, in milliseconds: less than the time after which a silent connection counts as dead. */
const WAIT_MS = 1_000;

/** Somebody who waits for one event. */
interface Waiting {
  readonly streamId: string;
  readonly id: string;
  readonly resolve: (isKept: boolean) => void;
  readonly reject: (error: unknown) => void;
}

type PipelineResult = readonly [error: Error | null, value: unknown];

/**
 * Waits until events have reached replicas. All who wait at the same time share one WAIT: it follows a write of its own on
 * the same connection, so that it covers whatever that server had written before, by whomever. A server that was promoted
 * in the meantime may have less; so it is asked for each event in the same breath.
 */
export class ReplicaWait {
  private waiting = new Map<number, Waiting[]>();
  private readonly free: RedisConnection[];
  private readonly isCluster: boolean;

  constructor(private readonly options: ReplicaWaitOptions) {
    this.free = [...options.connections];
    this.isCluster = options.connections[0] instanceof Cluster;
  }

  /**
   * @param deadlineMs - time for all tries together
   * @returns false when the store does not have the event any more
   * @throws StoreUnavailableError when too few replicas had it by the deadline: it may be kept, or lost in a failover
   */
  covers(streamId: string, id: EntryId, deadlineMs: number): Promise<boolean> {
    return retryUntil(() => this.once(streamId, formatEntryId(id)), Math.max(deadlineMs, 1));
  }

  private once(streamId: string, id: string): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const partition = partitionOfStream(streamId, this.options.keys.partitions);
      const waiting: Waiting = { streamId, id, resolve, reject };
      const others = this.waiting.get(partition);
      if (others === undefined) this.waiting.set(partition, [waiting]);
      else others.push(waiting);
      this.next();
    });
  }

  private next(): void {
    if (this.waiting.size === 0) return;
    const connection = this.free.pop();
    if (connection === undefined) return;
    const batch = this.take();
    void this.wait(connection, batch).finally(() => {
      this.free.push(connection);
      this.next();
    });
  }

  /** One server is asked about all its partitions at once; in a Cluster each partition may be another server's. */
  private take(): ReadonlyMap<number, readonly Waiting[]> {
    const [first] = this.waiting;
    if (!this.isCluster || first === undefined) {
      const all = this.waiting;
      this.waiting = new Map();
      return all;
    }
    this.waiting.delete(first[0]);
    return new Map([first]);
  }

  private async wait(connection: RedisConnection, batch: ReadonlyMap<number, readonly Waiting[]>): Promise<void> {
    const { keys, replicas } = this.options;
    const all = [...batch.values()].flat();
    try {
      const pipeline = connection.pipeline();
      for (const [partition, waiting] of batch) {
        const events = waiting.flatMap(({ streamId, id }) => [streamId, id]);
        pipeline.eval(scriptSource('confirm-1'), 1, keys.probe(partition), keys.streams(partition), ...events);
      }
      pipeline.wait(replicas, WAIT_MS);
      const results = (await pipeline.exec()) as readonly PipelineResult[];
      // First: a server that is no master any more says so here, and to WAIT something that would pass for our fault.
      const found = results.slice(0, -1).flatMap((result) => valueOf(result) as readonly number[]);
      const reached = Number(valueOf(results.at(-1)));
      for (const [index, { resolve, reject }] of all.entries()) {
        if (found[index] === 0) resolve(false);
        else if (reached >= replicas) resolve(true);
        else reject(new StoreUnavailableError(`${reached} replicas had the event, ${replicas} were to have it`));
      }
    } catch (error) {
      // The slots of a Cluster may have moved, which pipelines are not told of by themselves.
      if (connection instanceof Cluster && classifyRedisFailure(error) !== 'unknown') connection.refreshSlotsCache();
      for (const { reject } of all) reject(error);
    }
  }
}

const valueOf = (result: PipelineResult | undefined): unknown => {
  if (result === undefined) throw new StoreUnavailableError('Redis answered less than it was asked');
  const [error, value] = result;
  if (error !== null) throw error;
  return value;
};
