import fc from 'fast-check';
import { batchOf, type Batch, type Chat, chatPath, readFrom, startChat, textsOf } from '../conformance/customer.js';
import { waitFor } from '../support/http.js';
import { useStack } from '../conformance/running-stack.js';

/**
 * One order for everybody, whatever the customer does and whichever gateway he asks, while an agent writes as well.
 * What happens depends on timing too, so a failure names the seed and prints the chat.
 */
const { clients } = useStack({ gateways: 2 });

const RUNS = 50;
/** Messages of one run: the robot takes up to a second for each. */
const MESSAGES_MAX = 4;

interface Step {
  readonly gateway: 0 | 1;
  readonly operation: 'send' | 'refresh' | 'refresh with a message' | 'startTyping' | 'stopTyping';
  /** Sent without waiting for the reply to the step before. */
  readonly isHasty: boolean;
}

const anyStep: fc.Arbitrary<Step> = fc.record({
  gateway: fc.constantFrom<0 | 1>(0, 1),
  operation: fc.constantFrom<Step['operation']>(
    'send',
    'refresh',
    'refresh with a message',
    'startTyping',
    'stopTyping',
  ),
  isHasty: fc.boolean(),
});

const writes = ({ operation }: Step): boolean => operation === 'send' || operation === 'refresh with a message';

const anySteps = fc
  .array(anyStep, { minLength: 1, maxLength: 12 })
  .filter((steps) => steps.filter(writes).length <= MESSAGES_MAX);

const perform = async (chat: Chat, { gateway, operation }: Step, index: number): Promise<Batch> => {
  const path = chatPath(chat.id, operation === 'refresh with a message' ? 'refresh' : operation);
  const step = { operation, gateway, isHasty: false };
  const form: Record<string, string> = writes(step) ? { message: `message ${index}` } : {};
  return batchOf(await clients[gateway].post(path, { form }));
};

/** Takes the steps, hasty ones side by side with those before them, and returns all replies. */
const performAll = async (chat: Chat, steps: readonly Step[]): Promise<readonly Batch[]> => {
  const batches: Batch[] = [];
  let underWay: Promise<Batch>[] = [];
  for (const [index, step] of steps.entries()) {
    if (!step.isHasty) batches.push(...(await Promise.all(underWay.splice(0))));
    underWay = [...underWay, perform(chat, step, index)];
  }
  return [...batches, ...(await Promise.all(underWay))];
};

/** The whole transcript once the robot has joined and answered everything. */
const settled = (chat: Chat, texts: readonly string[]): Promise<Batch> =>
  waitFor('the robot to answer everything', async () => {
    const batch = await readFrom(clients[0], chat, 0);
    const heard = textsOf(batch.events);
    const hasJoined = batch.events.some(([type]) => type === 'Notice.Joined');
    return hasJoined && texts.every((text) => heard.includes(`echo: ${text}`)) && batch;
  });

/** What a batch must be, by its position: that piece of the transcript. */
const pieceOf = ({ events }: Batch, { position, events: { length } }: Batch) =>
  events.slice(position - 1 - length, position - 1);

describe('a chat over two gateways, with an agent', () => {
  it('has positions 1..n without holes, and every split of reads replays the same transcript', async () => {
    await fc.assert(
      fc.asyncProperty(
        anySteps,
        fc.array(fc.tuple(fc.constantFrom<0 | 1>(0, 1), fc.nat({ max: 40 })), { maxLength: 8 }),
        async (steps, reads) => {
          const chat = await startChat(clients[0]);
          const batches = await performAll(chat, steps);
          const texts = steps.flatMap((step, index) => (writes(step) ? [`message ${index}`] : []));
          const whole = await settled(chat, texts);

          // The join of the customer is 1 and not shown; a batch ends at its position: n events, positions 2..n+1.
          expect(whole.position).toBe(whole.events.length + 1);
          expect(textsOf(whole.events).toSorted()).toEqual(
            [...texts, ...texts.map((text) => `echo: ${text}`)].toSorted(),
          );

          // Every reply on the way showed a piece of this very transcript, at the positions that it claimed.
          for (const batch of batches) expect(batch.events).toEqual(pieceOf(whole, batch));
          // Together with what is left to read, they showed all of it.
          const rest = batchOf(await clients[1].post(chatPath(chat.id, 'refresh')));
          expect(rest.events).toEqual([]);

          for (const [gateway, from] of reads) {
            const batch = await readFrom(clients[gateway], chat, from);
            expect(batch.position).toBe(whole.position);
            expect(batch.events).toEqual(whole.events.slice(Math.max(0, from - 1)));
          }
        },
      ),
      { numRuns: RUNS, endOnFailure: true, interruptAfterTimeLimit: 25_000, markInterruptAsFailure: true },
    );
  }, 60_000);

  it('shows every event to a customer who only ever asks for what is new', async () => {
    await fc.assert(
      fc.asyncProperty(
        anySteps.map((steps) => steps.map((step) => ({ ...step, isHasty: false }))),
        async (steps) => {
          const chat = await startChat(clients[0]);
          const seen = [...(await performAll(chat, steps))];
          const texts = steps.flatMap((step, index) => (writes(step) ? [`message ${index}`] : []));
          const isWhole = (): boolean => {
            const events = seen.flatMap((batch) => batch.events);
            const heard = textsOf(events);
            return (
              events.some(([type]) => type === 'Notice.Joined') &&
              texts.every((text) => heard.includes(`echo: ${text}`))
            );
          };
          let turn = 0;
          await waitFor('everything to be shown', async () => {
            if (isWhole()) return true;
            turn += 1;
            seen.push(batchOf(await clients[turn % 2 === 0 ? 0 : 1].post(chatPath(chat.id, 'refresh'))));
            return isWhole();
          });
          const whole = await readFrom(clients[0], chat, 0);
          // Nothing twice, nothing left out, in order.
          expect(seen.flatMap((batch) => batch.events)).toEqual(whole.events);
          for (const batch of seen) expect(batch.events).toEqual(pieceOf(whole, batch));
        },
      ),
      { numRuns: RUNS / 2, endOnFailure: true, interruptAfterTimeLimit: 12_000, markInterruptAsFailure: true },
    );
  }, 40_000);
});
