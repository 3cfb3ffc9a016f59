import { readFileSync } from 'node:fs';
import { checkLogic } from './check-logic.js';
import { LogicHost } from './logic-host.js';
import { logicOf, shippedLogic } from './testing/logic-lab.js';

describe('the check of a logic', () => {
  const host = new LogicHost();
  afterAll(() => host.close());

  it.each(['advanced-chat-poll', 'vip-chat'])(
    'finds nothing wrong with %s and reaches all of its states',
    async (name) => {
      const { source } = await shippedLogic(name);
      const report = await checkLogic(source);
      expect(report).toMatchObject({ errors: [], warnings: [], unreached: [], deadlines: ['survey'] });
      expect(report.effects).toEqual(['clearDeadline', 'route', 'setDeadline', 'setStatus']);
      expect(report.statuses).toMatchObject({
        waiting: ['waiting_for_agent.html'],
        chatting: [],
        closed: ['closed.html'],
      });
    },
  );

  it('finds nothing wrong with the example of the documentation', async () => {
    const page = readFileSync(new URL('../../../docs/service-logic.md', import.meta.url), 'utf8');
    const [, example = ''] = /```js\n(export default[^]*?)```/.exec(page) ?? [];
    const { errors, warnings, unreached, states, effects, statuses } = await host.check(example);
    expect({ errors, warnings, unreached }).toEqual({ errors: [], warnings: [], unreached: [] });
    const shown = Object.entries(statuses).map(([status, [dialog]]) =>
      dialog === undefined ? status : `${status} (${dialog})`,
    );
    expect(page).toContain(
      `  states:    ${states.join(', ')}\n  statuses:  ${shown.join(', ')}\n  effects:   ${effects.join(', ')}\n`,
    );
  });

  const stateWith = (config: string): string =>
    `export default ({ setup, assign, raise, enqueueActions, not }) =>\n  setup({}).createMachine({ initial: 'a', states: { a: {\n${config}\n} } });`;

  it.each([
    ['after', `after: { 1000: 'a' }`, 'state a: after: expected none: use setDeadline'],
    ['invoke', `invoke: { src: 'a' }`, 'state a: invoke: expected none'],
    ['an unknown action', `on: { data: { actions: 'fly' } }`, 'state a: on data: action fly: expected one of'],
    ['wrong params', `entry: { type: 'push', params: {} }`, 'state a: entry: push: text: expected a text'],
    ['a function as an action', `exit: () => {}`, 'state a: exit: expected effects by name'],
    ['a delayed event', `entry: raise({ type: 'x' }, { delay: 1 })`, 'state a: entry: raise: delay: expected none'],
    ['an action without a name', `always: { actions: [{}] }`, 'state a: always: expected actions with a type'],
    ['a guard that nobody made', `on: { data: { guard: 'open' } }`, 'guard open: expected one that setup names'],
    ['a guard in a guard', `on: { data: { guard: not('open') } }`, 'guard open: expected one that setup names'],
    ['the clock', `on: { data: { actions: assign({ at: () => Date.now() }) } }`, 'Date.now: expected no clock'],
  ])('refuses %s and says in which line', async (_, config, message) => {
    const { errors } = await host.check(stateWith(config));
    expect(errors[0]).toEqual({ message: expect.stringContaining(message), line: 3 });
  });

  it.each([
    ['actors', `{ actors: { a: setup({}).createMachine({}) } }`, 'setup: actors: expected none'],
    ['delays', `{ delays: { a: 5 } }`, 'setup: delays: expected none'],
    ['an effect of its own', `{ actions: { push: assign({}) } }`, 'setup: action push: expected none of this name'],
    ['a function', `{ actions: { notify: () => {} } }`, 'setup: action notify: expected effects by name'],
  ])('refuses %s in setup', async (_, setup, message) => {
    const { errors } = await host.check(logicOf({ setup }));
    expect(errors).toEqual([{ message: expect.stringContaining(message), line: 3 }]);
  });

  it('accepts actions that setup puts together', async () => {
    const setup = `{ actions: {
      greet: enqueueActions(({ enqueue }) => { enqueue({ type: 'push', params: { text: 'hello' } }); enqueue('remember'); }),
      remember: assign({ seen: () => true }) } }`;
    const report = await host.check(logicOf({ setup, actions: `'greet'` }));
    expect(report).toMatchObject({ errors: [], effects: ['push'] });
  });

  it('warns of an input that does not exist', async () => {
    const { errors, warnings } = await host.check(stateWith(`on: { dta: {} }`));
    expect(errors).toEqual([]);
    expect(warnings).toEqual([
      { message: expect.stringContaining('state a: on dta: no input has this name'), line: 3 },
    ]);
  });

  it('tells of states that nothing leads to', async () => {
    const source = `export default ({ setup }) => setup({}).createMachine({ initial: 'a', states: { a: {}, lost: {} } });`;
    expect(await host.check(source)).toMatchObject({ errors: [], states: ['a', 'lost'], unreached: ['lost'] });
  });

  it('names states within states by their paths', async () => {
    const source = `export default ({ setup }) => setup({}).createMachine({ initial: 'a', states: {
      a: { type: 'parallel', states: { b: { initial: 'c', states: { c: {} } }, d: {} } } } });`;
    expect(await host.check(source)).toMatchObject({ states: ['a', 'a.b', 'a.b.c', 'a.d'], unreached: [] });
  });

  it('tells which history a logic fails at', async () => {
    const source = logicOf({
      on: `requested: { actions: { type: 'route' } }, agentReserved: { actions: { type: 'push', params: ({ context }) => ({ text: context.nobody.name }) } }`,
    });
    const { errors } = await host.check(source);
    expect(errors).toEqual([
      { message: expect.stringMatching(/^after requested, agentReserved: TypeError: Cannot read/), line: 6 },
    ]);
  });

  it('tries business data with the names and the texts that the file speaks of', async () => {
    const source = logicOf({
      on: `requested: { guard: ({ event }) => event.data.tier === 'gold', actions: { type: 'push', params: () => ({}) } }`,
    });
    expect((await host.check(source)).errors).toEqual([
      { message: expect.stringContaining('after requested: push: text: expected a text'), line: 6 },
    ]);
  });

  it('refuses a logic that remembers beside its context', async () => {
    const source = logicOf({
      before: 'let count = 0;',
      actions: `{ type: 'push', params: () => ({ text: String((count += 1)) }) }`,
    });
    expect((await host.check(source)).errors).toEqual([
      { message: expect.stringContaining('the same inputs gave two different answers') },
    ]);
  });

  it('tells the line of what is no code', async () => {
    const { errors } = await host.check(`export default () => {\n  const = 1;\n};`);
    expect(errors).toEqual([{ message: expect.stringContaining('SyntaxError'), line: 2 }]);
  });
});
