import type { LogicEffect } from '@app/domain';
import { hashOfLogic } from './logic-hash.js';
import { LogicHost } from './logic-host.js';
import { logicOf, shippedLogic, timed, type Told } from './testing/logic-lab.js';

const data: Told = { type: 'data', data: { a: '1' }, changed: { a: '1' }, isOpen: true };
/** A lone loop takes all of a core; the others on it get no less than this to answer in. */
const PATIENT = { timeLimitMs: 1_000 };

const runIn = (host: LogicHost, source: string, inputs: readonly Told[] = [data], snapshot?: string) =>
  host.run({ hash: hashOfLogic(source), source, serviceName: 'lab', snapshot, inputs: timed(inputs) });

const healthy = logicOf({ actions: `[{ type: 'push', params: { text: 'well' } }]` });
const well: LogicEffect = { type: 'push', text: 'well' };

describe('the logic host', () => {
  const host = new LogicHost(PATIENT);
  const warnings: unknown[] = [];
  const brief = new LogicHost({
    timeLimitMs: 400,
    memoryMb: 32,
    logger: { warn: (fields: unknown) => warnings.push(fields) },
  });
  afterAll(async () => {
    await Promise.all([host.close(), brief.close()]);
  });

  it('answers each input with a list of its own', async () => {
    const { source } = await shippedLogic('advanced-chat-poll');
    const { effects } = await runIn(host, source, [
      { type: 'requested', data: {}, isOpen: true },
      data,
      { type: 'agentReserved', agentId: 'kate', nickname: 'Kate' },
    ]);
    expect(effects).toEqual([
      [
        { type: 'setStatus', status: 'waiting', dialog: 'waiting_for_agent.html' },
        { type: 'route', stages: [{ afterS: 0, skills: {} }], priority: 0 },
      ],
      [],
      [{ type: 'setStatus', status: 'available', dialog: 'agent_available.html' }],
    ]);
    expect(Object.isFrozen(effects[0]?.[0])).toBe(true);
  });

  it('goes on from the snapshot of an earlier run', async () => {
    const source = logicOf({
      context: '{ seen: 0 }',
      actions: `[assign({ seen: ({ context }) => context.seen + 1 }), { type: 'push', params: ({ context }) => ({ text: String(context.seen) }) }]`,
    });
    const first = await runIn(host, source, [data, data]);
    expect(first.effects.flat()).toEqual([
      { type: 'push', text: '1' },
      { type: 'push', text: '2' },
    ]);
    const second = await runIn(host, source, [data], first.snapshot);
    expect(second.effects).toEqual([[{ type: 'push', text: '3' }]]);
  });

  it('gives the machine the name of its service at its start', async () => {
    const source = logicOf({
      context: '({ input }) => ({ name: input.serviceName })',
      actions: `[{ type: 'push', params: ({ context }) => ({ text: context.name }) }]`,
    });
    expect((await runIn(host, source)).effects).toEqual([[{ type: 'push', text: 'lab' }]]);
  });

  it('counts what the first state does on entry to the first input', async () => {
    const source = `export default ({ setup }) => setup({}).createMachine({
      entry: { type: 'poke' }, on: { data: { actions: { type: 'cancelRoute' } } } });`;
    expect((await runIn(host, source, [data, data])).effects).toEqual([
      [{ type: 'poke' }, { type: 'cancelRoute' }],
      [{ type: 'cancelRoute' }],
    ]);
  });

  it('passes over inputs that a logic does not know', async () => {
    const unknown = { type: 'weatherChanged' } as unknown as Told;
    expect((await runIn(host, healthy, [unknown, data])).effects).toEqual([[], [well]]);
  });

  it('is silent after the machine has come to its end', async () => {
    const source = `export default ({ setup }) => setup({}).createMachine({ initial: 'a', states: {
      a: { on: { data: { target: 'b', actions: { type: 'poke' } } } }, b: { type: 'final' } } });`;
    const { snapshot, effects } = await runIn(host, source, [data, data]);
    expect(effects).toEqual([[{ type: 'poke' }], []]);
    expect((await runIn(host, source, [data], snapshot)).effects).toEqual([[]]);
  });

  it('goes back to a state that it remembers, also from a snapshot', async () => {
    const source = `export default ({ setup }) => setup({}).createMachine({ initial: 'work', states: {
      work: { initial: 'a', on: { chatStarted: 'away' }, states: {
        a: { on: { data: 'b' } },
        b: { on: { data: { actions: { type: 'push', params: { text: 'b' } } } } },
        last: { type: 'history' } } },
      away: { on: { chatEnded: 'work.last' } } } });`;
    const away = await runIn(host, source, [data, { type: 'chatStarted', data: {} }]);
    const back = await runIn(host, source, [{ type: 'chatEnded', reason: 'agent' }, data], away.snapshot);
    expect(back.effects.flat()).toEqual([{ type: 'push', text: 'b' }]);
  });

  const throwing = (code: string) => logicOf({ actions: `[{ type: 'push', params: () => { ${code} } }]` });

  it.each([
    ['throws an error', throwing(`throw new Error('no luck')`), 'line 6: Error: no luck'],
    ['throws a text', throwing(`throw 'no luck'`), 'something that is no error was thrown'],
    ['reads from nothing', throwing(`return undefined.text`), 'TypeError: Cannot read properties of undefined'],
    ['throws in a guard', logicOf({ on: `data: { guard: () => { throw new Error('no luck') } }` }), 'no luck'],
    ['throws at its start', logicOf({ context: `() => { throw new Error('no luck') }` }), 'Error: no luck'],
    ['calls itself for ever', throwing(`const f = () => f() + 1; return f();`), 'RangeError: Maximum call stack'],
    ['throws what cannot be read', throwing(`throw new Proxy(new Error(''), { get() { throw 1 } })`), 'cannot be read'],
    ['asks for chance', throwing(`return { text: String(Math.random()) }`), 'Math.random is out of reach of a logic'],
    ['asks for the clock', throwing(`return { text: String(Date.now()) }`), 'Date.now is out of reach of a logic'],
    ['asks for today', throwing(`return { text: new Date().toISOString() }`), 'new Date(event.atMs)'],
    ['asks for today as a text', throwing(`return { text: Date() }`), 'Date() is out of reach of a logic'],
    ['asks for local time', throwing(`return { text: String(new Date(0).getHours()) }`), 'use the UTC one'],
    ['finds the clock by a date', throwing(`return new (new Date(0).constructor)()`), 'out of reach'],
    ['sets a timer', throwing(`setTimeout(() => {}, 1)`), 'setTimeout is out of reach of a logic'],
    ['asks the process', throwing(`return { text: process.env.HOME }`), 'process is out of reach of a logic'],
    ['requires a module', throwing(`return require('node:fs')`), 'require is out of reach of a logic'],
    ['uses the network', throwing(`return fetch('http://127.0.0.1')`), 'fetch is out of reach of a logic'],
    ['takes memory that has no limit', throwing(`return new Uint8Array(1e9)`), 'Uint8Array is out of reach'],
    ['compiles code', throwing(`return new Function('return 1')()`), 'Code generation from strings disallowed'],
    ['compiles code by eval', throwing(`return (0, eval)('1')`), 'Code generation from strings disallowed'],
    ['changes what all objects are', throwing(`Object.prototype.text = 'x'; return {}`), 'not extensible'],
    ['changes what lists do', throwing(`Array.prototype.map = () => []`), 'Cannot assign to read only property'],
    ['keeps something beside its context', throwing(`globalThis.seen = 1`), 'not extensible'],
    [
      'changes its context in place',
      logicOf({
        context: '{ list: [] }',
        actions: `[assign(({ context }) => { context.list.push(1); return context })]`,
      }),
      'not extensible',
    ],
    [
      'changes an input',
      throwing(`return undefined`).replace('() => {', '({ event }) => { event.data.a = 1;'),
      'read only',
    ],
  ])('says so when a logic %s', async (_, source, message) => {
    await expect(runIn(host, source)).rejects.toMatchObject({
      name: 'LogicError',
      kind: 'threw',
      message: expect.stringContaining(message),
    });
  });

  it('leaves what customers wrote out of its messages', async () => {
    const source = throwing('').replace('() => {', '({ event }) => { throw new Error(`bad: ${event.data.a}`);');
    const secret: Told = { ...data, data: { a: 'my card is 4111' } };
    await expect(runIn(host, source, [secret])).rejects.toMatchObject({ message: 'line 6: Error: bad: …' });
    const parsing = throwing('').replace('() => {', '({ event }) => { return JSON.parse(event.data.a);');
    const refused = await runIn(host, parsing, [secret]).catch((error: unknown) => error);
    expect(String(refused)).toContain('SyntaxError');
    expect(String(refused)).not.toContain('card');
  });

  it.each([
    ['an unknown action', `['fly']`, 'action fly: expected one of setStatus, setDeadline'],
    ['an action without its params', `[{ type: 'setStatus' }]`, 'setStatus: status: expected 1 to 64 letters'],
    ['a status of another kind', `[{ type: 'setStatus', params: { status: 7 } }]`, 'got the number 7'],
    [
      'a path for a dialog',
      `[{ type: 'setStatus', params: { status: 'a', dialog: '../x' } }]`,
      'setStatus: dialog: expected the name of a file in dialogs, or an absolute URL',
    ],
    ['params of no action', `[{ type: 'cancelRoute', params: { at: 1 } }]`, 'cancelRoute: expected no params'],
    ['a wrong name among params', `[{ type: 'push', params: { txt: 'x' } }]`, 'push: text: expected a text'],
    ['one param more', `[{ type: 'push', params: { text: 'x', to: 'y' } }]`, 'push: expected only text, got one more'],
    [
      'half seconds',
      `[{ type: 'setDeadline', params: { name: 'x', afterS: 0.5 } }]`,
      'setDeadline: afterS: expected whole seconds from 1',
    ],
    [
      'a deadline of a name that all objects have',
      `[{ type: 'setDeadline', params: { name: 'constructor', afterS: 5 } }]`,
      'another name',
    ],
    [
      'a skill without a level',
      `[{ type: 'route', params: { skills: { sales: '1' } } }]`,
      'route: skills: sales: expected a level from 1 to 100',
    ],
    [
      'stages in disorder',
      `[{ type: 'route', params: { stages: [{ skills: {} }, { afterS: 0, skills: {} }] } }]`,
      'more than in the stage before',
    ],
    [
      'a later stage without its time',
      `[{ type: 'route', params: { stages: [{ skills: {} }, { skills: {} }] } }]`,
      'route: stages[1]: afterS: expected whole seconds',
    ],
    ['a function as an action', `[() => {}]`, 'action (anonymous): expected one of'],
    ['a named function as an action', `[function notify() {}]`, 'action notify: expected one of'],
    ['a delayed event', `[raise({ type: 'later' }, { delay: 5 })]`, 'raise: expected no delay'],
    ['more effects than anybody can want', `Array.from({ length: 65 }, () => 'poke')`, 'at most 64 effects'],
    ['a context with a function', `[assign({ f: () => () => 1 })]`, 'context.f: expected texts, finite numbers'],
    ['a context with a date', `[assign({ at: ({ event }) => new Date(event.atMs) })]`, 'context.at: expected'],
    ['a context with no number', `[assign({ n: () => NaN })]`, 'context.n: expected'],
    ['a context that goes in circles', `[assign({ c: () => { const c = {}; c.c = c; return c } })]`, 'or a circle'],
    [
      'a context of a megabyte',
      `[assign({ c: () => 'x'.repeat(1e6) })]`,
      'context: expected at most 131072 characters',
    ],
    ['a promise', `[assign({ p: () => (async () => 1)() })]`, 'context.p: expected'],
    [
      'an actor',
      `[assign({ a: ({ spawn }) => spawn(setup({}).createMachine({})) })]`,
      'expected no spawned or invoked actors',
    ],
  ])('takes %s for nonsense', async (_, actions, message) => {
    await expect(runIn(host, logicOf({ actions }))).rejects.toMatchObject({
      kind: 'nonsense',
      message: expect.stringContaining(message),
    });
  });

  it.each([
    ['no code', 'hello world', `SyntaxError: Unexpected identifier 'world'`, 1],
    ['code that ends too early', 'export default () => {\n\n', 'SyntaxError', 3],
    ['a file that exports nothing', 'const a = 1;', 'export default: expected a function', undefined],
    ['a file that exports a machine', 'export default {};', 'expected a function such as', undefined],
    [
      'a function that returns no machine',
      'export default () => ({});',
      'expected its function to return a machine',
      undefined,
    ],
    ['a file that imports', `import fs from 'node:fs';\nexport default () => fs;`, 'expected no imports', undefined],
    ['a file that throws', `\n\nthrow new Error('no luck');`, 'Error: no luck', 3],
    ['a file that names what it was not given', `\nnobody();\n`, 'ReferenceError: nobody is not defined', 2],
    ['a machine with a target that is nowhere', logicOf({ on: `data: 'nowhere'` }), 'nowhere', undefined],
  ])('refuses %s', async (_, source, message, line) => {
    await expect(runIn(host, source)).rejects.toMatchObject({
      kind: 'invalid',
      message: expect.stringContaining(message),
      line,
    });
  });

  it.each([
    [
      'that it does not await',
      `[() => {}, { type: 'push', params: () => { (async () => { throw new Error('x') })(); return { text: 'x' } } }]`.replace(
        '() => {}, ',
        '',
      ),
    ],
    ['of an import', `[{ type: 'push', params: () => { import('node:fs'); return { text: 'x' } } }]`],
  ])('does not believe a logic with a promise %s', async (_, actions) => {
    await expect(runIn(host, logicOf({ actions }))).rejects.toMatchObject({
      kind: 'threw',
      message: expect.stringContaining('a promise was rejected'),
    });
    expect((await runIn(host, healthy)).effects).toEqual([[well]]);
  });

  it('has every version in a world of its own', async () => {
    const bold = logicOf({
      actions: `[{ type: 'push', params: () => { try { Array.prototype.map = () => [] } catch {} try { Object.prototype.x = 1 } catch {} return { text: 'x' } } }]`,
    });
    await runIn(host, bold);
    expect((await runIn(host, healthy)).effects).toEqual([[well]]);
  });

  const loop = throwing('while (true) {}');
  const bomb = throwing('const all = []; while (true) all.push({ all: [1, 2, 3] });');

  it.each([
    ['loops in an action', loop],
    ['loops at its start', 'while (true) {}'],
    [
      'loops after its answer',
      throwing(`const again = () => { (async () => {})().then(again) }; again(); return { text: 'x' }`),
    ],
    ['never comes to rest', logicOf({ on: `data: { actions: raise({ type: 'data' }) }` })],
    ['waits for ever', `await (async () => {})().constructor.race([]);\nexport default () => {};`],
    ['has a costly pattern', throwing(`return { text: String(/^(a+)+$/.test('a'.repeat(60) + 'b')) }`)],
  ])('ends a logic that %s, and goes on with the others', async (_, source) => {
    const looping = runIn(brief, source).catch((error: unknown) => error);
    const others = await Promise.all([runIn(brief, healthy), runIn(brief, healthy)]);
    expect(others.map(({ effects }) => effects)).toEqual([[[well]], [[well]]]);
    expect(await looping).toMatchObject({ kind: 'timeout', message: 'expected an answer within 400 ms, got none' });
  });

  it.each([
    ['objects', bomb],
    [
      'texts',
      throwing(
        `let all = 'x'; const kept = []; while (true) { all += all.length > 1e6 ? '' : all; kept.push(all.split('')); }`,
      ),
    ],
    ['lists', throwing(`const all = []; while (true) all.push(new Array(1e6).fill(0.5));`)],
    ['maps', throwing(`const all = new Map(); for (let i = 0; ; i += 1) all.set(i, i);`)],
  ])('ends a logic that fills the memory with %s, and goes on with the others', async (_, source) => {
    const patient = new LogicHost({ timeLimitMs: 20_000, memoryMb: 32 });
    const filling = runIn(patient, source).catch((error: unknown) => error);
    const other = await runIn(patient, healthy);
    expect(other.effects).toEqual([[well]]);
    expect(await filling).toMatchObject({
      kind: 'threw',
      message: 'expected at most 32 MB of memory to be used, got more',
    });
    await patient.close();
  });

  it('runs a logic that looped apart from the others for a while', async () => {
    expect(warnings).toContainEqual(expect.objectContaining({ logic: hashOfLogic(loop) }));
    const looping = runIn(brief, loop).catch((error: unknown) => error);
    let isOver = false;
    void looping.then(() => {
      isOver = true;
    });
    expect((await runIn(brief, healthy)).effects).toEqual([[well]]);
    expect(isOver).toBe(false);
    expect(await looping).toMatchObject({ kind: 'timeout', message: 'expected an answer within 1600 ms, got none' });
  });

  it('does not blame the logic for a snapshot that is none', async () => {
    const refused = await runIn(host, healthy, [data], 'no snapshot').catch((error: unknown) => error);
    expect(refused).toMatchObject({ name: 'Error', message: expect.stringContaining('logic host: SyntaxError') });
    expect((await runIn(host, healthy)).effects).toEqual([[well]]);
  });

  it('answers nobody after it was closed', async () => {
    const closed = new LogicHost(PATIENT);
    const waiting = runIn(closed, healthy).catch((error: unknown) => error);
    await closed.close();
    expect(String(await waiting)).toContain('logic host: it was closed');
    await expect(runIn(closed, healthy)).rejects.toThrow('logic host: it is closed');
  });
});
