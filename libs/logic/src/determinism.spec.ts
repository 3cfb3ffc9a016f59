import type { LogicInput } from '@app/domain';
import fc from 'fast-check';
import { LogicHost, type LogicRunResult } from './logic-host.js';
import { runMachine } from './machine/run-machine.js';
import { type ShippedLogic, shippedLogic, timed, type Told } from './testing/logic-lab.js';

/** Whatever a stream may hold, in any order: a logic must not depend on what is likely. */
const data = fc.dictionary(
  fc.constantFrom('name', 'topic', 'tier', 'rating', 'skill', '_skill', '__proto__', 'constructor'),
  fc.oneof(fc.constantFrom('gold', 'billing', 'sales', '', ' ', '5'), fc.string({ maxLength: 20 })),
  { noNullPrototype: true },
);
const told: fc.Arbitrary<Told> = fc.oneof(
  fc.record({ type: fc.constant('requested' as const), data, isOpen: fc.boolean() }),
  fc.record({ type: fc.constant('data' as const), data, changed: data, isOpen: fc.boolean() }),
  fc.constantFrom<Told>(
    { type: 'agentReserved', agentId: 'kate', nickname: 'Kate' },
    { type: 'agentGone', reason: 'expired' },
    { type: 'agentJoined', agentId: 'kate' },
    { type: 'agentLeft', agentId: 'kate' },
    { type: 'chatStarted', data: {} },
    { type: 'chatEnded', reason: 'customer' },
    { type: 'deadline', name: 'survey' },
  ),
);
const histories = fc.array(told, { minLength: 1, maxLength: 20 });

/** Inputs as they come out of a message: objects of nobody else. */
const plain = (inputs: readonly LogicInput[]): readonly LogicInput[] =>
  JSON.parse(JSON.stringify(inputs)) as readonly LogicInput[];

/** What a logic answers to inputs that come in groups, each from the snapshot that the one before left. */
const inGroups = async (
  inputs: readonly LogicInput[],
  sizes: readonly number[],
  run: (snapshot: string | undefined, group: readonly LogicInput[]) => LogicRunResult | Promise<LogicRunResult>,
): Promise<LogicRunResult> => {
  const effects: LogicRunResult['effects'][number][] = [];
  let snapshot: string | undefined;
  let at = 0;
  for (let turn = 0; at < inputs.length; turn += 1) {
    const end = at + (sizes[turn] ?? 1);
    const result = await run(snapshot, inputs.slice(at, end));
    effects.push(...result.effects);
    snapshot = result.snapshot;
    at = end;
  }
  return { snapshot: snapshot ?? '', effects };
};

const LOGICS: readonly (readonly [string, ShippedLogic])[] = [
  ['advanced-chat-poll', await shippedLogic('advanced-chat-poll')],
  ['vip-chat', await shippedLogic('vip-chat')],
];

describe.each(LOGICS)('%s', (_, { machine, hash, source }) => {
  const host = new LogicHost({ timeLimitMs: 5_000 });
  afterAll(() => host.close());

  it('answers the same whether inputs come at once or one by one', async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.array(fc.integer({ min: 1, max: 6 })), async (history, sizes) => {
        const inputs = timed(history);
        const run = (snapshot: string | undefined, group: readonly LogicInput[]) =>
          runMachine(machine, { serviceName: 'lab', snapshot, inputs: plain(group) });
        const atOnce = run(undefined, inputs);
        expect(await inGroups(inputs, [], run)).toEqual(atOnce);
        expect(await inGroups(inputs, sizes, run)).toEqual(atOnce);
      }),
      { numRuns: 200 },
    );
  });

  it('answers the same in the thread, from any of its snapshots', async () => {
    await fc.assert(
      fc.asyncProperty(histories, fc.array(fc.integer({ min: 1, max: 6 })), async (history, sizes) => {
        const inputs = timed(history);
        const here = runMachine(machine, { serviceName: 'lab', snapshot: undefined, inputs: plain(inputs) });
        const there = await inGroups(inputs, sizes, (snapshot, group) =>
          host.run({ hash, source, serviceName: 'lab', snapshot, inputs: group }),
        );
        expect(there).toEqual(here);
      }),
      { numRuns: 60 },
    );
  });
});
