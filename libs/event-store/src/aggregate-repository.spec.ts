import type { ServiceCommand, ServiceState } from '@app/domain';
import { serviceEventCodec } from '@app/wire';
import fc from 'fast-check';
import { AggregateRepository, type Execution } from './aggregate-repository.js';
import { MemoryEventStore } from './memory-event-store.js';
import { newBasicServiceId } from './service-id.js';
import { serviceKind } from './service-kind.js';

const TIMEOUTS = { ttlS: 60, flexDisconnectS: 1, idleAlertS: 1, idleCloseS: 1, asyncCloseS: 1, idleAlertMessage: 'x' };

/** A store, and processes that share it: each has a memory of its own. */
class Lab {
  readonly store = new MemoryEventStore();
  readonly id = newBasicServiceId(1, 4);
  decoded = 0;
  private nowMs = 1_000;
  private commands = 0;

  process() {
    const codec = {
      ...serviceEventCodec,
      decode: (entry: Parameters<typeof serviceEventCodec.decode>[0]) => {
        this.decoded += 1;
        return serviceEventCodec.decode(entry);
      },
    };
    const kind = serviceKind({ messagesPer10S: 10_000, messagesPerChat: 10_000 }, codec);
    const clock = { nowMs: () => (this.nowMs += 1) };
    return new AggregateRepository(this.store, kind, clock, { cacheEntries: 10, cacheBytes: 1e6 });
  }

  execution(command: ServiceCommand, more: Partial<Execution<ServiceCommand, ServiceState>> = {}) {
    this.commands += 1;
    return { commands: () => [command], commandId: `c${this.commands}`, ...more };
  }

  async startChat(process = this.process()) {
    await process.execute(
      this.id,
      this.execution({ type: 'RequestService', name: 'x', kind: 'basic', timeouts: TIMEOUTS, businessData: {} }),
    );
    await process.execute(
      this.id,
      this.execution({
        type: 'StartChat',
        sessionId: 'S',
        userId: 'U',
        secureKey: 'K',
        nickname: 'V',
        attachedData: {},
      }),
    );
    return process;
  }
}

const say = (text: string): ServiceCommand => ({ type: 'SendMessage', by: 'customer', text, atMs: 0 });
const linesOf = (lines: readonly string[] | undefined): string[][] =>
  JSON.parse(`[${(lines ?? []).join(',')}]`) as string[][];
const textsOf = (lines: readonly string[] | undefined): (string | undefined)[] =>
  linesOf(lines).map(([, , text]) => text);

describe('AggregateRepository', () => {
  it('gives a repeated command its first reply, in any process and however much came since', async () => {
    const lab = new Lab();
    const first = await lab.startChat();
    const second = lab.process();
    const command = lab.execution(say('once'), { commandId: 'k:key', reply: { from: 'cursor' } });
    const reply = await first.execute(lab.id, command);
    for (let index = 0; index < 100; index += 1) await second.execute(lab.id, lab.execution(say(`m${index}`)));
    for (const process of [first, second, lab.process()]) {
      const { kind, from, to, lines } = await process.execute(lab.id, command);
      expect({ kind, from, to, lines }).toEqual({
        kind: 'repeated',
        from: reply.from,
        to: reply.to,
        lines: reply.lines,
      });
    }
  });

  it('lets every one of many writers in once', async () => {
    const lab = new Lab();
    const first = await lab.startChat();
    const second = lab.process();
    const all = Array.from({ length: 50 }, (_, index) =>
      (index % 2 === 0 ? first : second).execute(lab.id, lab.execution(say(`m${index}`))),
    );
    const positions = (await Promise.all(all)).map(({ to }) => to).sort((a, b) => a - b);
    expect(positions).toEqual(Array.from({ length: 50 }, (_, index) => index + 2));
  });

  it('folds about as many events as lie between two checkpoints, however long the transcript', async () => {
    const lab = new Lab();
    const writer = await lab.startChat();
    for (let index = 0; index < 400; index += 1) await writer.execute(lab.id, lab.execution(say(`m${index}`)));
    lab.decoded = 0;
    const view = await lab.process().view(lab.id, { reply: { from: 1 } });
    expect(textsOf(view?.lines)).toEqual(Array.from({ length: 400 }, (_, index) => `m${index}`));
    expect(lab.decoded).toBeLessThanOrEqual(66);
  });

  it('does not believe a refusal of an old state', async () => {
    const lab = new Lab();
    const first = lab.process();
    const second = lab.process();
    const { type: _, ...request } = {
      type: '',
      name: 'x',
      kind: 'basic',
      timeouts: TIMEOUTS,
      businessData: {},
    } as const;
    await first.execute(lab.id, lab.execution({ type: 'RequestService', ...request }));
    await second.view(lab.id);
    await first.execute(
      lab.id,
      lab.execution({
        type: 'StartChat',
        sessionId: 'S',
        userId: 'U',
        secureKey: 'K',
        nickname: 'V',
        attachedData: {},
      }),
    );
    expect((await second.execute(lab.id, lab.execution(say('hi')))).to).toBe(2);
  });

  it('shows the same transcript however it is read: from memory, cold, in parts, by cursor', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 300 }),
        fc.array(fc.nat(320), { maxLength: 6 }),
        async (messages, cuts) => {
          const lab = new Lab();
          const writers = [await lab.startChat(), lab.process()];
          for (let index = 0; index < messages; index += 1) {
            await writers[index % 3 === 0 ? 0 : 1]?.execute(lab.id, lab.execution(say(`m${index}`)));
          }
          const whole = Array.from({ length: messages }, (_, index) => `m${index}`);
          for (const process of [...writers, lab.process()]) {
            for (const from of [0, 1, ...cuts]) {
              const view = await process.view(lab.id, { reply: { from } });
              expect(textsOf(view?.lines)).toEqual(whole.slice(Math.max(0, from - 1)));
            }
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('reads lost blocks from the events', async () => {
    const lab = new Lab();
    const writer = await lab.startChat();
    for (let index = 0; index < 200; index += 1) await writer.execute(lab.id, lab.execution(say(`m${index}`)));
    const reader = lab.process();
    lab.store.readBlocks = (_, first, last) =>
      Promise.resolve(Array.from({ length: last - first + 1 }, () => undefined));
    expect(textsOf((await reader.view(lab.id, { reply: { from: 1 } }))?.lines)).toHaveLength(200);
  });
});
