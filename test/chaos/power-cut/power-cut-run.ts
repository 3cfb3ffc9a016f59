import { join } from 'node:path';
import { KeySpace } from '@app/redis';
import { TranscriptVerifier } from '@app/event-store';
import { openRepository } from '../../load/measure/product-repository.js';
import { waitFor } from '../../support/http.js';
import { redisReaper } from '../../support/redis-reaper.js';
import { startRedis } from '../../support/redis-server.js';
import { anyBelow, seededRandom } from '../../support/seeded-random.js';
import { startStack } from '../../support/stack.js';
import { type Cut, cutPower } from './sync-recorder.js';
import { Writers } from './writers.js';

export interface PowerCutOptions {
  readonly fsync: 'always' | 'everysec';
  /** Answered messages of the whole run. */
  readonly messages: number;
  readonly cuts: number;
  readonly writers: number;
  readonly seed: number;
  /** The compiled library. */
  readonly library: string;
}

export interface PowerCutResult {
  readonly kept: number;
  readonly cuts: readonly Cut[];
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  /** Services whose hash chain is broken, with the place. */
  readonly broken: readonly string[];
  readonly seconds: number;
}

const PREFIX = 'power';
const PARTITIONS = 64;
const READY_MS = 30_000;
/** Between two cuts, in milliseconds: minutes for a whole run on a slow machine. */
const CUT_MS = 600_000;

/** Loads a library into the servers that are started meanwhile. */
const preloaded = async <T>(library: string, recordFile: string, start: () => Promise<T>): Promise<T> => {
  const { env } = process;
  Object.assign(env, { LD_PRELOAD: library, SYNC_RECORD: recordFile });
  try {
    return await start();
  } finally {
    delete env['LD_PRELOAD'];
    delete env['SYNC_RECORD'];
  }
};

/**
 * Customers write; at random instants Redis is killed, its files are cut to what had been synced, and it is started
 * again. In the end everything that was answered 200 is looked for.
 */
export const runPowerCut = async (options: PowerCutOptions): Promise<PowerCutResult> => {
  const { fsync, messages, cuts: cutCount, seed, library } = options;
  const begun = performance.now();
  const random = seededRandom(seed, 'power');
  const recordFile = join(`${library}.${process.pid}-${fsync}-${seed}.record`);
  const args = ['--appendfsync', fsync, '--auto-aof-rewrite-percentage', '0'];
  // What ends the servers should we die is no server itself.
  redisReaper();
  const redis = await preloaded(library, recordFile, () => startRedis({ args }));
  const durability = fsync === 'always' ? 'always' : 'everysec';
  const env = {
    ...{ KEY_PREFIX: PREFIX, DEMO_AGENT: '0', LOG_LEVEL: 'warn', DURABILITY: durability },
    ...{ MESSAGES_PER_10S: '1000000', MESSAGES_PER_CHAT: '1000000', SERVICES_PER_10S: '1000000' },
    // The customers wait for Redis; nobody takes them for gone.
    REQUEST_DEADLINE_MS: '3000',
  };
  const stack = await startStack({ workers: 0, redisUrl: redis.url, env });
  const [gateway] = stack.gateways;
  const writers = new Writers(gateway?.url ?? '');
  const cuts: Cut[] = [];
  try {
    await writers.start(options.writers);
    const perCut = Math.floor(messages / (cutCount + 1));
    for (let cut = 0; cut < cutCount; cut += 1) {
      const writing = writers.write(perCut);
      const at = writers.kept + Math.floor(perCut * 0.5) + anyBelow(random, Math.floor(perCut * 0.5));
      await Promise.race([
        writing,
        waitFor('the instant of the cut', () => Promise.resolve(writers.kept >= at), CUT_MS),
      ]);
      await redis.kill();
      writers.stop();
      cuts.push(cutPower(redis.dir, recordFile));
      await preloaded(library, recordFile, () => redis.restart());
      await writing;
      await waitFor('the gateway to be ready', () => isReady(gateway?.internalUrl ?? ''), READY_MS);
    }
    await writers.write(messages - writers.kept);
    const { lost, doubled } = await writers.check();
    const broken = await brokenChains(redis.url, writers.ids);
    return { kept: writers.kept, cuts, lost, doubled, broken, seconds: (performance.now() - begun) / 1_000 };
  } finally {
    writers.close();
    await stack.stop();
    await redis.stop();
  }
};

const isReady = async (internalUrl: string): Promise<boolean> => {
  const reply = await fetch(`${internalUrl}/readyz`).catch(() => undefined);
  return reply?.status === 200;
};

const brokenChains = async (redisUrl: string, ids: readonly string[]): Promise<string[]> => {
  const product = await openRepository({ redisUrl, keyPrefix: PREFIX, partitions: PARTITIONS });
  try {
    const verifier = new TranscriptVerifier(product.redis, new KeySpace(PREFIX, PARTITIONS), READY_MS);
    const broken: string[] = [];
    for (const id of ids) {
      const verdict = await verifier.verify(id);
      if (verdict === undefined) broken.push(`${id}: nothing is left of it`);
      else if (verdict.fault !== undefined) broken.push(`${id}: ${verdict.fault.at} ${verdict.fault.what}`);
    }
    return broken;
  } finally {
    product.close();
  }
};
