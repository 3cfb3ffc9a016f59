import { setMaxListeners } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { formatEntryId } from '@app/domain';
import { MAX_N, type StoredEntry, verifyChain } from '@app/event-store';
import { serviceEventCodec } from '@app/wire';
import type { WireEvent } from '../../conformance/customer.js';
import { type Random, seededRandom, shuffled } from '../../support/seeded-random.js';
import { within } from '../cometd/time-limit.js';
import { TranscriptCheck, type ViolationKind as ShownViolation } from '../cometd/transcript-check.js';
import { type Fault, FAULTS, type Recovery, type Scene } from './faults.js';
import { checkHistory, type Verdict, type Violation, type ViolationKind } from './history-check.js';
import { loggedErrors } from './logged-errors.js';
import { MixAgent } from './mix-agent.js';
import { MixCustomer } from './mix-customer.js';
import { MixListener } from './mix-listener.js';
import type { MixOptions } from './mix-options.js';
import { memoryMbOf } from './process-memory.js';
import { Visitors } from './visitors.js';
import { durabilityOf, startWorld, type World } from './world.js';

/** A fault that struck, and how soon things went on; undefined where nothing is to be measured. */
export interface Struck {
  readonly fault: Fault;
  readonly recovery: Recovery | undefined;
  /** Whether another one struck at the same time: then the recovery is not its own. */
  readonly isAlone: boolean;
  /** From its beginning until all was as before, in milliseconds. */
  readonly tookMs: number;
}

/** What one seed brought. */
export interface MixResult {
  readonly seed: number;
  readonly durability: string;
  readonly struck: readonly Struck[];
  readonly verdict: Verdict;
  /** All violations, those of what CometD applications were shown among them. */
  readonly violations: readonly Violation[];
  readonly failures: readonly string[];
  /** Messages that were sent more than once on purpose. */
  readonly repeated: number;
  /** Events that applications were shown. */
  readonly shown: number;
  /** Answers 503, and how long the slowest of them took, in milliseconds. */
  readonly unavailable: number;
  readonly slowest503Ms: number;
  /** The most that a gateway took, in megabytes. */
  readonly memoryMb: number;
  /** What the processes logged as errors, with how often. */
  readonly errors: ReadonlyMap<string, number>;
  readonly seconds: number;
}

/** How often two faults strike together. */
const PAIR_SHARE = 0.3;
/** One fault, recovery included, in milliseconds at most. */
const FAULT_LIMIT_MS = 120_000;
const MEMORY_EVERY_MS = 500;

/** What the check of a CometD application calls the same things. */
const KINDS: Readonly<Record<ShownViolation, ViolationKind>> = {
  lost: 'lost',
  doubled: 'doubled',
  'out of order': 'out of order',
  'another user’s': 'leaked',
  'wrong position': 'wrong position',
};

/** All faults in another order, again and again. */
function* faultsFor(random: Random, only: readonly string[] | undefined): Generator<Fault, never> {
  const faults = FAULTS.filter(({ id }) => only?.includes(id) ?? true);
  if (faults.length === 0) throw new Error(`FAULTS: expected ids as F01, got ${JSON.stringify(only)}`);
  for (;;) yield* shuffled(random, faults);
}

/** Everybody who does anything. */
class Crowd {
  readonly agents: readonly MixAgent[];
  readonly pollers: readonly MixCustomer[];
  /** They come all the time. */
  readonly visitors: Visitors;
  /** They come when a fault wants to know. */
  readonly scouts: Visitors;
  listeners: readonly MixListener[] = [];
  private readonly over = new AbortController();
  private readonly working = new AbortController();
  private readonly lives: Promise<unknown>[] = [];
  private readonly shifts: Promise<unknown>[] = [];

  constructor(private readonly world: World) {
    for (const { signal } of [this.over, this.working]) setMaxListeners(0, signal);
    this.agents = world.agents.map((entry) => new MixAgent(world, entry));
    this.pollers = Array.from(
      { length: world.options.pollers },
      (_, index) => new MixCustomer(world, `poller-${index + 1}`),
    );
    this.visitors = new Visitors(world, 'visitor');
    this.scouts = new Visitors(world, 'scout');
  }

  /** Resolves when every chat has begun. */
  async start(): Promise<void> {
    const { world } = this;
    this.keep(this.shifts, ...this.agents.map((agent) => agent.live(this.working.signal)));
    const count = world.options.listeners;
    [this.listeners] = await Promise.all([
      Promise.all(Array.from({ length: count }, (_, index) => MixListener.start(world, index))),
      ...this.pollers.map(async (poller) => {
        await poller.createService();
        await poller.startChat();
      }),
    ]);
    const { signal } = this.over;
    const customers = [...this.pollers, ...this.listeners.map(({ customer }) => customer)];
    this.keep(this.lives, ...customers.map((customer) => customer.live(signal)), this.visitors.live(signal));
  }

  get customers(): readonly MixCustomer[] {
    const talkers = [...this.pollers, ...this.listeners.map(({ customer }) => customer)];
    return [...talkers, ...this.visitors.all, ...this.scouts.all];
  }

  get repeated(): number {
    return [...this.customers, ...this.agents].reduce((sum, { pen }) => sum + pen.repeated, 0);
  }

  /** Everybody finishes what he has begun, the customers first: a visitor waits for his agent. */
  async finish(): Promise<void> {
    this.over.abort();
    await this.note(this.lives);
    this.working.abort();
    await this.note(this.shifts);
    await this.note([...this.customers, ...this.agents].map(({ pen }) => pen.finish()));
    await this.note(this.listeners.map((listener) => listener.end()));
  }

  /** Whoever gives up is a failure. */
  private keep(kept: Promise<unknown>[], ...begun: readonly Promise<unknown>[]): void {
    for (const each of begun) {
      const life = each.catch((error: unknown) => {
        this.world.failures.add(String(error));
      });
      kept.push(life);
    }
  }

  private async note(promises: readonly Promise<unknown>[]): Promise<void> {
    const limitMs = 2 * this.world.options.settleMs;
    const all = promises.map((promise) => within(limitMs, 'everybody to be done', promise));
    for (const each of await Promise.allSettled(all)) {
      if (each.status === 'rejected') this.world.failures.add(String(each.reason));
    }
  }
}

/** Whoever ended by himself is a failure, and started again. */
const lookAfter = async ({ gateways, workers, failures }: World): Promise<void> => {
  for (const each of [...gateways, ...workers]) {
    for (const start of each.failedStarts.splice(0)) {
      failures.add(`${each.name} did not start:\n${start.slice(-2_000)}`);
    }
    if (each.isAlive) continue;
    failures.add(`${each.name} ended by itself:\n${each.logs.slice(-2_000)}`);
    await each.revive();
  }
};

const strike = async (fault: Fault, scene: Scene): Promise<Struck> => {
  const { isAlone, world } = scene;
  const name = `${fault.id} ${fault.name}`;
  world.failures.underWay.add(name);
  const begunMs = performance.now();
  const struck = (recovery: Recovery | undefined): Struck => {
    return { fault, recovery, isAlone, tookMs: performance.now() - begunMs };
  };
  try {
    return struck(await within(FAULT_LIMIT_MS, `${name} to be over`, fault.run(scene)));
  } catch (error) {
    world.failures.add(String(error));
    return struck(undefined);
  } finally {
    world.failures.underWay.delete(name);
  }
};

/** Breaks one thing after the other, now and then two at once, until the time is over. */
const breakThings = async (world: World, crowd: Crowd): Promise<readonly Struck[]> => {
  const { options, seed } = world;
  const random = seededRandom(seed, 'faults');
  const struck: Struck[] = [];
  const [probe] = crowd.pollers;
  if (probe === undefined) throw new Error('expected at least one poller');
  const endMs = performance.now() + options.roundMs;
  const fits = ({ leastMs }: Fault): boolean => performance.now() + (leastMs?.(world) ?? 0) < endMs;
  const faults = faultsFor(random, options.faults);
  while (performance.now() < endMs) {
    const first = faults.next().value;
    const second = random() < PAIR_SHARE ? faults.next().value : undefined;
    const together = [first, ...(second === undefined || second.place === first.place ? [] : [second])].filter(fits);
    const scene = { world, random, probe, visitors: crowd.scouts, isAlone: together.length === 1 };
    struck.push(...(await Promise.all(together.map((fault) => strike(fault, scene)))));
    await lookAfter(world);
    await pause(random() * options.restMs);
  }
  return struck;
};

const heal = async (world: World): Promise<void> => {
  world.redis.thaw();
  for (const each of [...world.gateways, ...world.workers]) {
    each.heal();
    each.skew(0);
  }
  await world.direct.config('SET', 'maxmemory', '0');
  world.balancer.lostShare = 0;
  await lookAfter(world);
};

/** What the logic of a service shows changes each time it says something: said twice, it was carried out twice. */
const checkStatuses = ({ failures }: World, serviceId: string, entries: readonly StoredEntry[]): void => {
  const statuses = entries
    .map((entry) => serviceEventCodec.decode(entry).event)
    .flatMap((event) => (event.type === 'StatusSet' ? [event.status] : []));
  if (statuses.some((status, index) => status === statuses[index - 1])) {
    failures.add(`${serviceId}: a status was set twice: ${statuses.join(', ')}`);
  }
};

/** Reads every transcript afresh: from the store, and from each gateway. */
const readTranscripts = async (world: World, crowd: Crowd): Promise<ReadonlyMap<string, readonly WireEvent[]>> => {
  const whole = new Map<string, readonly WireEvent[]>();
  for (const { serviceId, ...customer } of crowd.customers.map((each) => ({
    // Who never got into a chat has no transcript; why he did not is a failure.
    serviceId: each.sessionId === '' ? '' : each.serviceId,
    note: each.noteTranscript.bind(each),
  }))) {
    if (serviceId === '') continue;
    const entries = await world.store.read(serviceId, { position: 0, n: 0 }, { position: MAX_N, n: MAX_N });
    const events = entries
      .filter(({ line }) => line !== '')
      .map(({ position, line }) => ({ position, event: JSON.parse(line) as WireEvent }));
    const broken = verifyChain(entries);
    checkStatuses(world, serviceId, entries);
    world.history.add({
      ...{ kind: 'transcript', chat: serviceId, reader: 'store', events },
      ...(broken === undefined ? {} : { brokenAt: formatEntryId(broken) }),
    });
    for (const gateway of world.gateways.keys()) await customer.note(gateway);
    whole.set(
      serviceId,
      events.map(({ event }) => event),
    );
  }
  return whole;
};

const checkShown = (
  { listeners }: Crowd,
  transcripts: ReadonlyMap<string, readonly WireEvent[]>,
): { readonly shown: number; readonly violations: readonly Violation[] } => {
  const chats = listeners.map(({ customer: { name: user, sessionId, serviceId } }) => ({
    ...{ user, sessionId, serviceId },
    events: transcripts.get(serviceId) ?? [],
  }));
  let shown = 0;
  const violations: Violation[] = [];
  for (const [index, { application, client }] of listeners.entries()) {
    const chat = chats[index];
    if (chat === undefined) continue;
    const verdict = TranscriptCheck.run(
      application.seen,
      chat,
      chats.filter((other) => other !== chat),
    );
    shown += verdict.shown;
    for (const { kind, user, what } of verdict.violations) {
      violations.push({ kind: KINDS[kind], chat: chat.serviceId, what: `${user} (${client}) was shown: ${what}` });
    }
  }
  return { shown, violations };
};

const live = async (world: World): Promise<Omit<MixResult, 'seconds'>> => {
  const { seed, history, failures, counts } = world;
  const crowd = new Crowd(world);
  let memoryMb = 0;
  const weigh = setInterval(() => {
    memoryMb = Math.max(memoryMb, ...world.gateways.map(({ pid }) => memoryMbOf(pid)));
  }, MEMORY_EVERY_MS);
  try {
    await within(world.options.settleMs, 'all chats to begin', crowd.start());
    const struck = await breakThings(world, crowd);
    await heal(world);
    await crowd.finish();
    await Promise.all(crowd.listeners.map((listener) => listener.close()));
    const transcripts = await readTranscripts(world, crowd);
    const verdict = checkHistory(history.lines);
    const { shown, violations } = checkShown(crowd, transcripts);
    return {
      ...{ seed, durability: durabilityOf(seed), struck, verdict, violations: [...verdict.violations, ...violations] },
      errors: loggedErrors([...world.gateways, ...world.workers].map(({ logs }) => logs)),
      ...{ failures: failures.all, repeated: crowd.repeated, shown, ...counts, memoryMb },
    };
  } catch (error) {
    throw new Error([String(error), ...failures.all].join('\n'), { cause: error });
  } finally {
    clearInterval(weigh);
    await Promise.all(crowd.listeners.map((listener) => listener.close()));
  }
};

/** One seed: a Redis, two gateways and two workers of its own. */
export const runMixRound = async (seed: number, options: MixOptions): Promise<MixResult> => {
  const begun = performance.now();
  const world = await startWorld(seed, options);
  try {
    const limitMs = options.roundMs + FAULT_LIMIT_MS + 6 * options.settleMs;
    const result = await within(limitMs, `seed ${seed} to be over`, live(world));
    return { ...result, seconds: (performance.now() - begun) / 1_000 };
  } finally {
    await world.stop();
  }
};
