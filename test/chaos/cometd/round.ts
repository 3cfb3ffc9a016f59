import { openRepository } from '../../load/measure/product-repository.js';
import type { StoreAddress } from '../../load/measure/gateway.js';
import { ChoiceProxy } from '../../support/choice-proxy.js';
import { seededRandom } from '../../support/seeded-random.js';
import type { ChaosOptions } from './chaos-options.js';
import { MortalGateways } from './mortal-gateways.js';
import { MAJORS, TRANSPORTS } from './official-client.js';
import { within } from './time-limit.js';
import { Person, type PersonFate, type PersonOptions, type World } from './person.js';
import { checkStore, TranscriptCheck, type Violation } from './transcript-check.js';

/** What one seed brought. */
export interface RoundResult {
  readonly seed: number;
  /** Shown, the start and the end of each chat among them. */
  readonly shown: number;
  /** Shown once more, rightly: what a client had not confirmed before its next handshake, or asked for again. */
  readonly again: number;
  readonly kills: number;
  readonly lostReplies: number;
  readonly handshakes: number;
  readonly seconds: number;
  readonly violations: readonly Violation[];
  /** What went wrong beside what was shown: a customer whose request was never answered, an end that nobody told. */
  readonly failures: readonly string[];
}

/** What a client that is told to disconnect may take, in milliseconds. */
const CLOSE_LIMIT_MS = 2_000;

/** Of ten customers five have nothing but the common chaos. */
const FATES: readonly PersonFate[] = [
  'frozen',
  'shakes hands again',
  'background',
  'background to the end',
  'plain',
  'plain',
  'shakes hands again',
  'plain',
  'plain',
  'plain',
];

/** Over the seeds every fate meets every client. */
const personOptions = (index: number, seed: number, { users, events }: ChaosOptions): PersonOptions => ({
  name: `person-${index + 1}`,
  major: MAJORS[(index + seed) % MAJORS.length] ?? 9,
  transport: TRANSPORTS[(index + Math.floor((index + seed) / MAJORS.length)) % TRANSPORTS.length] ?? 'websocket',
  fate: FATES[index % FATES.length] ?? 'plain',
  events: Math.round(events / users),
});

const verdictOn = async (people: readonly Person[]): Promise<Pick<RoundResult, 'shown' | 'again' | 'violations'>> => {
  const chats = await Promise.all(people.map((person) => person.stored()));
  let shown = 0;
  let again = 0;
  const violations: Violation[] = [];
  for (const [index, { application, written, options }] of people.entries()) {
    const chat = chats[index];
    if (chat === undefined) continue;
    const others = chats.flatMap((other) => (other === undefined || other === chat ? [] : [other]));
    const verdict = TranscriptCheck.run(application.seen, chat, others);
    const client = `cometd ${options.major}, ${options.transport}, ${options.fate}`;
    const found = [...verdict.violations, ...checkStore(chat, written)];
    violations.push(...found.map((violation) => ({ ...violation, user: `${violation.user} (${client})` })));
    shown += verdict.shown;
    again += verdict.again;
  }
  return { shown, again, violations };
};

const handshakesOf = ({ application: { seen } }: Person): number =>
  seen.filter(({ kind }) => kind === 'new client').length;

const live = async (world: World, gateways: MortalGateways): Promise<Omit<RoundResult, 'seconds'>> => {
  const { seed, chaos, proxy } = world;
  const people = await Promise.all(
    Array.from({ length: chaos.users }, (_, index) => Person.make(personOptions(index, seed, chaos), world)),
  );
  gateways.killInTurn(proxy, { everyMs: chaos.killEveryMs, deadMs: chaos.deadMs });
  // Gateways die while anything is still to be told.
  const limitMs = chaos.roundMs + 2 * chaos.settleMs;
  const lives = await Promise.allSettled(
    people.map((person) => within(limitMs, `${person.options.name} to be done`, person.live())),
  );
  await gateways.spare();
  const failures = lives.flatMap((life) => (life.status === 'rejected' ? [String(life.reason)] : []));
  const verdict = await verdictOn(people);
  const { lost: lostReplies } = proxy.counters;
  proxy.lostShare = 0;
  await Promise.allSettled(people.map((person) => within(CLOSE_LIMIT_MS, 'a goodbye', person.close())));
  const handshakes = people.map(handshakesOf).reduce((sum, count) => sum + count, 0);
  return { seed, ...verdict, kills: gateways.killed, lostReplies, handshakes, failures };
};

/** One seed: two gateways of its own and as many chats as there are users. */
export const runRound = async (seed: number, store: StoreAddress, chaos: ChaosOptions): Promise<RoundResult> => {
  const begun = performance.now();
  const gateways = await MortalGateways.start(store, chaos.env, seededRandom(seed, 'gateways'));
  const proxy = await ChoiceProxy.start({ seed, targets: gateways.origins, lostShare: chaos.lostShare });
  const product = await openRepository(store);
  try {
    const result = await live({ seed, chaos, proxy, product }, gateways);
    return { ...result, seconds: (performance.now() - begun) / 1_000 };
  } finally {
    await proxy.close();
    await gateways.stop();
    product.close();
  }
};
