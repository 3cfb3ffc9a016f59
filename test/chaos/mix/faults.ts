import { setTimeout as pause } from 'node:timers/promises';
import { HttpClient, waitFor } from '../../support/http.js';
import { anyBelow, type Random } from '../../support/seeded-random.js';
import { REFUSAL_LIMIT_MS } from './asking.js';
import { HeldConnects } from './held-connects.js';
import type { MixCustomer } from './mix-customer.js';
import type { MortalProcess } from './mortal-process.js';
import { memoryMbOf } from './process-memory.js';
import { SlowReaders } from './slow-readers.js';
import type { Visitors } from './visitors.js';
import type { World } from './world.js';

/** Where a fault strikes: two at once strike at different places. */
export type Place = 'process' | 'store';

/** What a fault has around it. */
export interface Scene {
  readonly world: World;
  readonly random: Random;
  /** Finds out when messages are taken again. */
  readonly probe: MixCustomer;
  /** Find out when agents are given chats again. */
  readonly visitors: Visitors;
  /** Whether nothing else is broken: only then what is expected can be told. */
  readonly isAlone: boolean;
}

/** How long something took to come back. */
export interface Recovery {
  readonly what: 'gateway' | 'worker' | 'Redis';
  readonly ms: number;
}

export interface Fault {
  readonly id: string;
  readonly name: string;
  readonly place: Place;
  /** How long it takes at least, in milliseconds. */
  readonly leastMs?: (world: World) => number;
  readonly run: (scene: Scene) => Promise<Recovery | undefined>;
}

const STOP_LIMIT_MS = 10_000;
const READY_LIMIT_MS = REFUSAL_LIMIT_MS;
/** By how much a gateway may grow while it cannot get rid of anything, in megabytes. */
const GROWTH_MAX_MB = 150;
const SLOW_READERS = 20;
/** Connects that each gateway holds when Redis runs out of memory. */
const HELD_WHILE_FULL = 3;
/** Visitors under way when a worker is killed, and how long the way to an agent is about, in milliseconds. */
const VISITS = 5;
const VISIT_TAKES_MS = 300;
const CLOCK_STEPS_MS = [-3_600_000, -60_000, 60_000, 3_600_000];

const anyOf = <T>(random: Random, things: readonly T[]): T => {
  const thing = things[anyBelow(random, things.length)];
  if (thing === undefined) throw new Error('expected at least one to choose from');
  return thing;
};

const someTime = ({ world, random }: Scene): Promise<void> => pause((0.2 + 0.8 * random()) * world.options.faultMs);

/** From now until every gateway takes messages. */
const untilTaken = async ({ world, probe }: Scene): Promise<Recovery> => {
  const begunMs = performance.now();
  await Promise.all(world.gateways.map((_, gateway) => probe.sayTo(gateway)));
  return { what: 'Redis', ms: performance.now() - begunMs };
};

/** What must be so is a failure where it is not, unless something else is broken as well. */
const expectThat = ({ world, isAlone }: Scene, what: string, isSo: boolean): void => {
  if (isAlone && !isSo) world.failures.add(what);
};

const allOf = ({ gateways, workers }: World): readonly MortalProcess[] => [...gateways, ...workers];

const killedGateway: Fault = {
  id: 'F01',
  name: 'gateway killed',
  place: 'process',
  run: async (scene) => {
    const victim = anyOf(scene.random, scene.world.gateways);
    const begunMs = performance.now();
    await victim.kill();
    await scene.probe.sayTo();
    const ms = performance.now() - begunMs;
    await pause(scene.random() * scene.world.options.restMs);
    await victim.revive();
    return { what: 'gateway', ms };
  },
};

const killedWithHeldConnects: Fault = {
  id: 'F02',
  name: 'gateway killed with held connects',
  place: 'process',
  run: async (scene) => {
    const { world, random } = scene;
    const victim = anyOf(random, world.gateways);
    const held = new HeldConnects(victim.url, `held-${victim.deaths}-${world.history.tick()}`);
    try {
      const opened = await held.open(world.options.heldConnects);
      expectThat(scene, `only ${opened} clients could connect`, opened === world.options.heldConnects);
      const begunMs = performance.now();
      await victim.kill();
      const [known = 0] = await Promise.all(
        world.gateways.filter((each) => each !== victim).map(({ url }) => held.goOnAt(url)),
      );
      const ms = performance.now() - begunMs;
      expectThat(scene, `${known} of ${opened} clients could go on elsewhere`, known === opened);
      await victim.revive();
      return { what: 'gateway', ms };
    } finally {
      held.close();
    }
  },
};

const drainedGateway: Fault = {
  id: 'F03',
  name: 'gateways restarted in turn',
  place: 'process',
  run: async (scene) => {
    const { world, probe } = scene;
    let refused = 0;
    let slowestMs = 0;
    for (const gateway of world.gateways) {
      const before = world.counts.unavailable;
      const begunMs = performance.now();
      const ended = gateway.end();
      await probe.sayTo();
      slowestMs = Math.max(slowestMs, performance.now() - begunMs);
      const code = await ended;
      const tookMs = performance.now() - begunMs;
      expectThat(scene, `${gateway.name}: ended with ${code ?? 'a signal'} after SIGTERM`, code === 0);
      expectThat(scene, `${gateway.name}: took ${Math.round(tookMs)} ms to end`, tookMs < STOP_LIMIT_MS);
      refused += world.counts.unavailable - before;
      // One that starts says 503 until it is ready: no balancer sends anybody there, our customers do.
      await gateway.revive();
    }
    expectThat(scene, `${refused} requests were answered 503 while gateways were restarted`, refused === 0);
    return { what: 'gateway', ms: slowestMs };
  },
};

const killedWorker: Fault = {
  id: 'F04',
  name: 'worker killed',
  place: 'process',
  run: async (scene) => {
    const victim = anyOf(scene.random, scene.world.workers);
    // Some of them are half-way to their agent when it dies.
    const visits = Array.from({ length: VISITS }, () => scene.visitors.visit());
    await pause(scene.random() * VISIT_TAKES_MS);
    const killedMs = performance.now();
    await victim.kill();
    const servedMs = await Promise.all(visits);
    await victim.revive();
    return { what: 'worker', ms: Math.max(0, ...servedMs) - killedMs };
  },
};

const restartedRedis: Fault = {
  id: 'F07',
  name: 'Redis restarted',
  place: 'store',
  run: async (scene) => {
    await scene.world.redis.restart();
    return untilTaken(scene);
  },
};

const killedRedis: Fault = {
  id: 'F08',
  name: 'Redis killed',
  place: 'store',
  run: async (scene) => {
    await scene.world.redis.kill();
    await pause(scene.random() * scene.world.options.restMs);
    await scene.world.redis.restart();
    return untilTaken(scene);
  },
};

/** While Redis stands still: 503 in time, not ready, and no memory taken. */
const watchFrozen = async (scene: Scene): Promise<void> => {
  const { world, probe } = scene;
  await Promise.all(
    world.gateways.map(async (gateway, index) => {
      const health = new HttpClient(gateway.internalUrl);
      const unready = waitFor(
        `${gateway.name} not to be ready`,
        async () => (await health.get('/readyz').catch(() => undefined))?.status === 503,
        READY_LIMIT_MS,
      ).then(
        () => true,
        () => false,
      );
      const { status, hasRetryAfter, tookMs } = await probe.tryTo(index);
      const told = `${status} after ${Math.round(tookMs)} ms`;
      expectThat(scene, `${gateway.name}: answered ${told} while Redis stood still`, status === 503 && hasRetryAfter);
      expectThat(scene, `${gateway.name}: was ready while Redis stood still`, await unready);
      health.close();
    }),
  );
};

const frozenRedis: Fault = {
  id: 'F10',
  name: 'Redis frozen',
  place: 'store',
  leastMs: ({ options }) => options.freezeMs,
  run: async (scene) => {
    const { world } = scene;
    const before = world.gateways.map(({ pid }) => memoryMbOf(pid));
    world.redis.freeze();
    await Promise.all([pause(world.options.freezeMs), watchFrozen(scene)]);
    for (const [index, gateway] of world.gateways.entries()) {
      const grownMb = memoryMbOf(gateway.pid) - (before[index] ?? 0);
      const grown = `${gateway.name}: grew by ${Math.round(grownMb)} MB while Redis stood still`;
      expectThat(scene, grown, grownMb < GROWTH_MAX_MB);
    }
    world.redis.thaw();
    return untilTaken(scene);
  },
};

const fullRedis: Fault = {
  id: 'F11',
  name: 'Redis out of memory',
  place: 'store',
  run: async (scene) => {
    const { world, probe } = scene;
    const held = await Promise.all(
      world.gateways.map(async ({ url }, index) => {
        const some = new HeldConnects(url, `full-${index}-${world.history.tick()}`);
        await some.open(HELD_WHILE_FULL);
        return some;
      }),
    );
    await world.direct.config('SET', 'maxmemory', '1');
    for (const [index, gateway] of world.gateways.entries()) {
      const { status, hasRetryAfter } = await probe.tryTo(index);
      expectThat(
        scene,
        `${gateway.name}: a message was answered ${status} without memory`,
        status === 503 && hasRetryAfter,
      );
      const isShown = (await probe.look(index)) !== undefined;
      expectThat(scene, `${gateway.name}: nothing is shown without memory`, isShown);
      const going = (await held[index]?.goOnAt(gateway.url)) ?? 0;
      expectThat(scene, `${gateway.name}: ${going} connects went on without memory`, going === HELD_WHILE_FULL);
      held[index]?.close();
    }
    await someTime(scene);
    await world.direct.config('SET', 'maxmemory', '0');
    return untilTaken(scene);
  },
};

const cutConnections: Fault = {
  id: 'F19',
  name: 'connections to Redis reset',
  place: 'store',
  run: async (scene) => {
    const { world, random } = scene;
    for (const each of random() < 0.5 ? allOf(world) : [anyOf(random, allOf(world))]) each.proxy.cut();
    return untilTaken(scene);
  },
};

const silentNetwork: Fault = {
  id: 'F20',
  name: 'connections to Redis silent',
  place: 'store',
  run: async (scene) => {
    const victim = anyOf(scene.random, allOf(scene.world));
    victim.proxy.freeze();
    await someTime(scene);
    // What was stuck arrives, late, or is gone.
    if (scene.random() < 0.5) victim.proxy.cut();
    victim.proxy.thaw();
    return untilTaken(scene);
  },
};

const lossyNetwork: Fault = {
  id: 'F21',
  name: 'replies and requests of Redis lost',
  place: 'store',
  run: async (scene) => {
    for (const { proxy } of allOf(scene.world)) {
      proxy.loseReplies(1 + anyBelow(scene.random, 5));
      proxy.loseRequests(1 + anyBelow(scene.random, 5));
    }
    await someTime(scene);
    for (const each of allOf(scene.world)) each.heal();
    return untilTaken(scene);
  },
};

const slowNetwork: Fault = {
  id: 'F21',
  name: 'Redis slow',
  place: 'store',
  run: async (scene) => {
    const victim = anyOf(scene.random, allOf(scene.world));
    victim.proxy.delayMs = 50 + anyBelow(scene.random, 500);
    await someTime(scene);
    victim.heal();
    return untilTaken(scene);
  },
};

const wrongClock: Fault = {
  id: 'F22',
  name: 'clock stepped',
  place: 'process',
  run: async (scene) => {
    const victim = anyOf(scene.random, allOf(scene.world));
    victim.skew(anyOf(scene.random, CLOCK_STEPS_MS));
    await someTime(scene);
    victim.skew(0);
    return undefined;
  },
};

const slowReaders: Fault = {
  id: 'F23',
  name: 'slow readers',
  place: 'process',
  run: async (scene) => {
    const { world, probe, random } = scene;
    const gateway = anyOf(random, world.gateways);
    const beforeMb = memoryMbOf(gateway.pid);
    const readers = new SlowReaders(gateway.url, probe.serviceId, probe.name, SLOW_READERS);
    await someTime(scene);
    const grownMb = memoryMbOf(gateway.pid) - beforeMb;
    expectThat(scene, `${gateway.name}: grew by ${Math.round(grownMb)} MB for slow readers`, grownMb < GROWTH_MAX_MB);
    await probe.sayTo(world.gateways.indexOf(gateway));
    readers.close();
    return undefined;
  },
};

/** F24, requests that come twice, late and in another order, goes on all the time. */
export const FAULTS: readonly Fault[] = [
  ...[
    killedGateway,
    killedWithHeldConnects,
    drainedGateway,
    killedWorker,
    restartedRedis,
    killedRedis,
    frozenRedis,
    fullRedis,
    cutConnections,
  ],
  ...[silentNetwork, lossyNetwork, slowNetwork, wrongClock, slowReaders],
];
