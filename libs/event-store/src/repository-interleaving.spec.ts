import { BEFORE_FIRST, type ServiceCommand, type ServiceEvent, type ServiceState } from '@app/domain';
import { serviceEventCodec } from '@app/wire';
import fc from 'fast-check';
import { AggregateRepository, type Outcome } from './aggregate-repository.js';
import type { AppendRequest, AppendResult, EventStore, SyncRequest, SyncResult } from './event-store.js';
import { MAX_N } from './event-store.js';
import { verifyChain } from './hash-chain.js';
import { MemoryEventStore } from './memory-event-store.js';
import { newBasicServiceId } from './service-id.js';
import { serviceKind } from './service-kind.js';

type Repository = AggregateRepository<ServiceCommand, ServiceEvent, ServiceState>;

const TIMEOUTS = { ttlS: 60, flexDisconnectS: 1, idleAlertS: 1, idleCloseS: 1, asyncCloseS: 1, idleAlertMessage: 'x' };
const AGENT = { agentId: 'a1', nickname: 'Kate' };

/**
 * The store as a process sees it over a bad network: calls take any time and overtake each other, and the replies of
 * some are lost, so that they are sent a second time.
 */
class DistantStore implements EventStore {
  private calls = 0;

  constructor(
    private readonly store: EventStore,
    private readonly scheduler: fc.Scheduler,
    /** Whether the reply to the n-th call is lost. */
    private readonly isLost: readonly boolean[],
  ) {}

  async append(streamId: string, request: AppendRequest): Promise<AppendResult> {
    await this.travel('append');
    const first = await this.store.append(streamId, request);
    if (!this.isNextLost()) return first;
    // Others may come between the two.
    await this.travel('append again');
    return this.store.append(streamId, request);
  }

  async sync(streamId: string, request: SyncRequest): Promise<SyncResult> {
    await this.travel('sync');
    const first = await this.store.sync(streamId, request);
    if (!this.isNextLost()) return first;
    await this.travel('sync again');
    return this.store.sync(streamId, request);
  }

  confirm: EventStore['confirm'] = (...event) => this.store.confirm(...event);
  read: EventStore['read'] = (...range) => this.store.read(...range);
  readBlocks: EventStore['readBlocks'] = (...range) => this.store.readBlocks(...range);
  rewind: EventStore['rewind'] = (...places) => this.store.rewind(...places);

  private travel(label: string): Promise<void> {
    return this.scheduler.schedule(Promise.resolve(), label);
  }

  private isNextLost(): boolean {
    this.calls += 1;
    return this.isLost[this.calls % Math.max(1, this.isLost.length)] ?? false;
  }
}

/** One request: by which process, what it does, and whether the client sends it again through the other process. */
const anyRequest = fc.record({
  process: fc.constantFrom(0 as const, 1 as const),
  does: fc.constantFrom('send', 'agent', 'type', 'stop', 'refresh', 'refresh') satisfies fc.Arbitrary<string>,
  isRepeated: fc.boolean(),
  isTransient: fc.boolean(),
});
type Request = typeof anyRequest extends fc.Arbitrary<infer T> ? T : never;

const commandOf = ({ does }: Request, index: number): ServiceCommand => {
  switch (does) {
    case 'agent':
      return { type: 'SendMessage', by: AGENT, text: `agent ${index}`, atMs: 0 };
    case 'type':
      return { type: 'StartTyping', by: 'customer', atMs: 0 };
    case 'stop':
      return { type: 'StopTyping', by: 'customer' };
    case 'send':
    case 'refresh':
      return { type: 'SendMessage', by: 'customer', text: `customer ${index}`, atMs: 0 };
  }
};

const newChat = async (store: EventStore, newProcess: (store: EventStore) => Repository): Promise<string> => {
  const id = newBasicServiceId(1, 4);
  const start: readonly ServiceCommand[] = [
    { type: 'RequestService', name: 'x', kind: 'basic', timeouts: TIMEOUTS, businessData: {} },
    { type: 'StartChat', sessionId: 'S', userId: 'U', secureKey: 'K', nickname: 'V', attachedData: {} },
    { type: 'Join', by: AGENT },
  ];
  await newProcess(store).execute(id, { commands: () => start, commandId: 'start' });
  return id;
};

/** Replies that moved the customer's cursor: from where to where, with the lines between. */
const delivered = (outcomes: readonly Outcome<ServiceState>[]) =>
  outcomes
    .flatMap(({ from, to, lines }) => (from === null || from >= to ? [] : [{ from, to, text: lines.join(',') }]))
    .sort((a, b) => a.from - b.from || a.to - b.to);

describe('two processes that serve one chat', () => {
  it('give positions 1 to n, each message once, and the same transcript however the reads were split', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyRequest, { minLength: 1, maxLength: 14 }),
        fc.array(fc.boolean(), { maxLength: 7 }),
        fc.scheduler(),
        async (requests, isLost, scheduler) => {
          const shared = new MemoryEventStore();
          let nowMs = 1_000;
          const newProcess = (store: EventStore): Repository =>
            new AggregateRepository(
              store,
              serviceKind({ messagesPer10S: 1_000, messagesPerChat: 1_000 }, serviceEventCodec),
              { nowMs: () => (nowMs += 1) },
              { cacheEntries: 10, cacheBytes: 1e6 },
            );
          const id = await newChat(shared, newProcess);
          const processes = [0, 1].map(() => newProcess(new DistantStore(shared, scheduler, isLost)));
          const serve = async (request: Request, index: number, process: number): Promise<Outcome<ServiceState>[]> => {
            const repository = processes[process];
            if (repository === undefined) return [];
            if (request.does === 'refresh') {
              const view = await repository.view(id, { reply: { from: 'cursor' }, isFromCustomer: true });
              return view === undefined ? [] : [view];
            }
            // Only the process that made an id for a request of its own can repeat it.
            const commandId = request.isTransient && !request.isRepeated ? `~${index}` : `k:${index}`;
            const isAgent = request.does === 'agent';
            return [
              await repository.execute(id, {
                commands: () => [commandOf(request, index)],
                commandId,
                ...(isAgent ? {} : { reply: { from: 'cursor' }, isFromCustomer: true }),
              }),
            ];
          };
          const running = requests.flatMap((request, index) => [
            serve(request, index, request.process),
            ...(request.isRepeated && request.does !== 'refresh' ? [serve(request, index, 1 - request.process)] : []),
          ]);
          await scheduler.waitFor(Promise.all(running));
          const outcomes = (await Promise.all(running)).flat();

          const stored = await shared.read(id, BEFORE_FIRST, { position: MAX_N, n: 0 });
          const positions = stored.filter(({ n }) => n === 0).map(({ position }) => position);
          expect(positions).toEqual(positions.map((_, index) => index + 1));
          expect(verifyChain(stored)).toBeUndefined();

          const lines = stored.map(({ line }) => line).filter((line) => line !== '');
          const texts = lines.map((line) => JSON.parse(line) as string[]).filter(([type]) => type === 'Message.Text');
          const sent = requests.flatMap((request, index) => {
            const command = commandOf(request, index);
            return request.does !== 'refresh' && command.type === 'SendMessage' ? [command.text] : [];
          });
          expect(texts.map(([, , text]) => text).sort()).toEqual(sent.sort());

          // A last look shows the rest: then every event was shown in some reply, in order, at its place.
          const rest = await newProcess(shared).view(id, { reply: { from: 'cursor' } });
          const cold = await newProcess(shared).view(id, { reply: { from: 0 } });
          expect(cold?.lines.join(',')).toBe(lines.join(','));
          let end = 0;
          for (const { from, to, text } of delivered([...outcomes, ...(rest === undefined ? [] : [rest])])) {
            expect(from).toBeLessThanOrEqual(end);
            expect(text).toBe(
              stored
                .filter(({ position, line }) => position > from && position <= to && line !== '')
                .map(({ line }) => line)
                .join(','),
            );
            end = Math.max(end, to);
          }
          expect(end).toBe(positions.length);
          for (const process of processes) {
            const warm = scheduler.waitFor(process.view(id, { reply: { from: 0 } }));
            expect((await warm)?.lines.join(',')).toBe(lines.join(','));
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
