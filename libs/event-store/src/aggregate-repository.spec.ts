import { DomainError, type ServiceCommand, type ServiceState } from '@app/domain';
import { serviceEventCodec } from '@app/wire';
import fc from 'fast-check';
import { AggregateRepository, type Execution } from './aggregate-repository.js';
import { verifyChain } from './hash-chain.js';
import { MemoryEventStore } from './memory-event-store.js';
import { newBasicServiceId } from './service-id.js';
import { serviceKind } from './service-kind.js';

const TIMEOUTS = { ttlS: 60, flexDisconnectS: 1, idleAlertS: 1, idleCloseS: 1, asyncCloseS: 1, idleAlertMessage: 'x' };

/** A store, and processes that share it: each has a memory of its own. */
class Lab {
  readonly store = new MemoryEventStore();
  readonly id = newBasicServiceId(1, 4);
  decoded = 0;
  conflicts = 0;
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
    return new AggregateRepository(this.store, kind, clock, {
      cacheEntries: 10,
      cacheBytes: 1e6,
      onConflict: () => (this.conflicts += 1),
    });
  }

  stepClock(ms: number): void {
    this.nowMs += ms;
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

  it('carries a repeated command out once when both tries run at the same time', async () => {
    const lab = new Lab();
    const first = await lab.startChat();
    const second = lab.process();
    const command = lab.execution(say('once'), { commandId: 'k:key', reply: { from: 'cursor' } });
    const tries = Array.from({ length: 6 }, (_, index) => (index % 2 === 0 ? first : second).execute(lab.id, command));
    const replies = await Promise.all(tries);
    const seen = replies.map((reply) => [reply.from, reply.to, textsOf(reply.lines)]);
    expect(seen).toEqual(seen.map(() => [0, 2, ['once']]));
    expect(replies.filter((reply) => reply.kind === 'appended')).toHaveLength(1);
  });

  it('creates a service once', async () => {
    const lab = new Lab();
    const request = { type: 'RequestService', name: 'x', kind: 'basic', timeouts: TIMEOUTS, businessData: {} } as const;
    const command = lab.execution(request, { commandId: 'k:key' });
    const kinds = await Promise.all([lab.process(), lab.process()].map((each) => each.execute(lab.id, command)));
    expect(kinds.map(({ kind }) => kind).sort()).toEqual(['appended', 'repeated']);
    expect(await lab.process().execute(lab.id, lab.execution(request))).toMatchObject({ kind: 'unchanged' });
    expect(await lab.process().events(lab.id, { position: 0, n: 0 })).toHaveLength(1);
  });

  it('lets 50 requests of one process in one after the other, without a conflict', async () => {
    const lab = new Lab();
    const process = await lab.startChat();
    const all = Array.from({ length: 50 }, (_, index) => process.execute(lab.id, lab.execution(say(`m${index}`))));
    expect((await Promise.all(all)).map(({ to }) => to)).toEqual(Array.from({ length: 50 }, (_, index) => index + 2));
    expect(lab.conflicts).toBe(0);
  });

  it('catches up when another process was faster, and says so', async () => {
    const lab = new Lab();
    const first = await lab.startChat();
    const second = lab.process();
    await second.view(lab.id);
    await first.execute(lab.id, lab.execution(say('first')));
    const outcome = await second.execute(lab.id, lab.execution(say('second'), { reply: { from: 0 } }));
    expect(textsOf(outcome.lines)).toEqual(['first', 'second']);
    expect(lab.conflicts).toBe(1);
  });

  it('keeps a command of several events together, or refuses it whole', async () => {
    const lab = new Lab();
    const process = await lab.startChat();
    const commands = (): readonly ServiceCommand[] => [
      { type: 'Join', by: { agentId: 'a', nickname: 'A' } },
      say('hi'),
      { type: 'SendMessage', by: { agentId: 'b', nickname: 'B' }, text: 'not in it', atMs: 0 },
    ];
    await expect(process.execute(lab.id, { commands, commandId: 'k:refused' })).rejects.toBeInstanceOf(DomainError);
    expect(textsOf((await process.view(lab.id, { reply: { from: 0 } }))?.lines)).toEqual([]);
    const taken = { commands: () => commands().slice(0, 2), commandId: 'k:taken', reply: { from: 'cursor' } } as const;
    expect(await process.execute(lab.id, taken)).toMatchObject({ kind: 'appended', to: 3 });
    expect(await lab.process().execute(lab.id, taken)).toMatchObject({ kind: 'repeated', from: 1, to: 3 });
  });

  it('shows the event of a command in its reply, even to a customer who believes to be beyond it', async () => {
    const lab = new Lab();
    const process = await lab.startChat();
    const { from, to, lines } = await process.execute(lab.id, lab.execution(say('hi'), { reply: { from: 99 } }));
    expect([from, to, textsOf(lines)]).toEqual([1, 2, ['hi']]);
  });

  it('sets the cursor back after a reply that could not be written, unless it moved since or was a repeat', async () => {
    const lab = new Lab();
    const process = await lab.startChat();
    const command = lab.execution(say('one'), { commandId: 'k:key', reply: { from: 'cursor' } });
    const look = { reply: { from: 'cursor' } } as const;
    await process.rewind(lab.id, await process.execute(lab.id, command));
    const repeated = await process.execute(lab.id, command);
    expect(textsOf((await process.view(lab.id, look))?.lines)).toEqual(['one']);
    await process.rewind(lab.id, repeated);
    expect((await process.view(lab.id, look))?.lines).toEqual([]);
  });

  it('never stamps an event before the one before it, whatever the clock does', async () => {
    const lab = new Lab();
    const process = await lab.startChat();
    await process.execute(lab.id, lab.execution(say('one')));
    lab.stepClock(-60_000);
    for (const each of [process, lab.process()]) await each.execute(lab.id, lab.execution(say('more')));
    const times = (await process.events(lab.id, { position: 0, n: 0 })).map(({ atMs }) => atMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it('asks whether the caller may look before it moves any cursor', async () => {
    const lab = new Lab();
    const process = await lab.startChat();
    await process.execute(lab.id, lab.execution(say('hi')));
    const look = { reply: { from: 'cursor' } } as const;
    const check = (): never => {
      throw new DomainError('SERVICE_NOT_FOUND', 'not yours');
    };
    for (const each of [process, lab.process()]) {
      await expect(each.view(lab.id, { ...look, check })).rejects.toMatchObject({ code: 'SERVICE_NOT_FOUND' });
    }
    expect(textsOf((await process.view(lab.id, look))?.lines)).toEqual(['hi']);
  });

  it('answers a repeat only to who may do it now, however old the state in which he still might', async () => {
    const lab = new Lab();
    const first = await lab.startChat();
    const second = lab.process();
    await second.view(lab.id);
    const old = second.cached(lab.id);
    await first.execute(lab.id, lab.execution(say('mine'), { commandId: 'k:key' }));
    const foreign = lab.execution(say('mine'), {
      commandId: 'k:key',
      reply: { from: 'cursor' },
      commands: (state) => {
        if (state === old) return [say('mine')];
        throw new DomainError('SERVICE_NOT_FOUND', 'not yours');
      },
    });
    await expect(second.execute(lab.id, foreign)).rejects.toMatchObject({ code: 'SERVICE_NOT_FOUND' });
    expect(textsOf((await first.view(lab.id, { reply: { from: 0 } }))?.lines)).toEqual(['mine']);
  });

  it('knows nothing of a service that was never requested', async () => {
    const lab = new Lab();
    expect(await lab.process().view(lab.id, { reply: { from: 'cursor' } })).toBeUndefined();
    await expect(lab.process().execute(lab.id, lab.execution(say('hi')))).rejects.toMatchObject({
      code: 'SERVICE_NOT_FOUND',
    });
  });

  it('goes on after a refused command: who waited behind it is served', async () => {
    const lab = new Lab();
    const process = await lab.startChat();
    const stranger = { type: 'SendMessage', by: { agentId: 'b', nickname: 'B' }, text: 'x', atMs: 0 } as const;
    const refused = process.execute(lab.id, lab.execution(stranger));
    const served = process.execute(lab.id, lab.execution(say('hi')));
    await expect(refused).rejects.toMatchObject({ code: 'NOT_A_PARTICIPANT' });
    expect((await served).to).toBe(2);
  });

  it('ignores a checkpoint of another form and folds the stream from its beginning', async () => {
    const lab = new Lab();
    const writer = await lab.startChat();
    for (let index = 0; index < 100; index += 1) await writer.execute(lab.id, lab.execution(say(`m${index}`)));
    const sync = lab.store.sync.bind(lab.store);
    lab.store.sync = async (...call) => {
      const result = await sync(...call);
      if (result.outcome !== 'current' || result.checkpoint === null) return result;
      return { ...result, checkpoint: { ...result.checkpoint, text: '{"v":0}' } };
    };
    const reader = lab.process();
    expect(textsOf((await reader.view(lab.id, { reply: { from: 0 } }))?.lines)).toHaveLength(100);
    expect((await reader.execute(lab.id, lab.execution(say('more')))).to).toBe(102);
  });

  it('leaves a chain that verifies, whoever wrote', async () => {
    const lab = new Lab();
    const first = await lab.startChat();
    const second = lab.process();
    await Promise.all(
      Array.from({ length: 150 }, (_, index) =>
        (index % 2 === 0 ? first : second).execute(lab.id, lab.execution(say(`m${index}`))),
      ),
    );
    const cold = lab.process();
    await cold.execute(lab.id, lab.execution(say('from a checkpoint')));
    const entries = await lab.store.read(lab.id, { position: 0, n: 0 }, { position: 999, n: 0 });
    expect(entries).toHaveLength(153);
    expect(verifyChain(entries)).toBeUndefined();
  });
});
