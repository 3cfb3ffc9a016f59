import { randomBytes } from 'node:crypto';
import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StoreAgents } from '../conformance/advanced-agents.js';
import { createAdvanced, statusOf, untilStatus } from '../conformance/advanced-customer.js';
import { expectStatus, SERVICE } from '../conformance/customer.js';
import { HttpClient, waitFor } from '../support/http.js';
import { type Stack, startStack } from '../support/stack.js';

const ROOT = join(import.meta.dirname, '..', '..');
const START_LIMIT_MS = 60_000;

interface Bench {
  readonly stack: Stack;
  readonly client: HttpClient;
  readonly agents: StoreAgents;
  readonly keyPrefix: string;
}

describe('orchestration', () => {
  const open: Bench[] = [];

  const start = async (env: Readonly<Record<string, string>> = {}, workers = 2): Promise<Bench> => {
    const keyPrefix = `t${randomBytes(6).toString('hex')}:`;
    const stack = await startStack({ workers, env: { KEY_PREFIX: keyPrefix, DEMO_AGENT: '0', ...env } });
    const client = new HttpClient(stack.gateways[0]?.url ?? '');
    const agents = await StoreAgents.of(stack.redis?.url ?? '', keyPrefix);
    const bench = { stack, client, agents, keyPrefix };
    open.push(bench);
    return bench;
  };

  /** One more worker for the same store. */
  const startWorker = async (
    { stack, keyPrefix }: Bench,
    env: Readonly<Record<string, string>> = {},
  ): Promise<Stack> => {
    const more = await startStack({
      ...{ gateways: 0, workers: 1, redisUrl: stack.redis?.url ?? '' },
      env: { KEY_PREFIX: keyPrefix, DEMO_AGENT: '0', ...env },
    });
    closers.push(() => more.stop());
    return more;
  };
  const closers: (() => Promise<void>)[] = [];

  afterEach(async () => {
    await Promise.all(closers.splice(0).map((close) => close()));
    for (const { stack, client, agents } of open.splice(0)) {
      agents.close();
      client.close();
      await stack.stop();
    }
  }, START_LIMIT_MS);

  /** A folder with the shipped services, to which a test adds its own. */
  const ownServices = (): string => {
    const folder = mkdtempSync(join(tmpdir(), 'parley-services-'));
    closers.push(() => rm(folder, { recursive: true }));
    cpSync(join(ROOT, 'services'), folder, { recursive: true });
    return folder;
  };

  /** A basic chat that asks for a skill by its subject. */
  const startChat = async (client: HttpClient, name: string, subject = ''): Promise<string> => {
    const created = expectStatus(await client.post(`${SERVICE}/${name}`), 200).json() as { _id: string };
    const { _id: id } = created;
    expectStatus(await client.post(`${SERVICE}/${id}/ixn/chat`, { form: { firstName: 'Ann', subject } }), 200);
    return id;
  };

  const agentsIn = async (client: HttpClient, id: string): Promise<readonly string[]> => {
    const reply = expectStatus(await client.post(`${SERVICE}/${id}/ixn/chat/refresh?transcriptPosition=1`), 200);
    const { transcriptToShow } = reply.json() as { transcriptToShow: readonly (readonly string[])[] };
    return transcriptToShow.filter(([type]) => type === 'Notice.Joined').map(([, nickname = '']) => nickname);
  };

  it('serves ten customers of two skills by three agents, none above capacity', async () => {
    const services = ownServices();
    writeFileSync(
      join(services, 'skilled.yaml'),
      'name: skilled\nkind: basic\noptions:\n  _routing:\n    skill_from: [subject]\n',
    );
    const { client, agents } = await start({ SERVICES_DIR: services });
    await agents.ready('kate', 'Kate', { sales: 1 }, 2);
    await agents.ready('bob', 'Bob', { support: 1 }, 2);
    await agents.ready('eve', 'Eve', { sales: 1, support: 1 }, 1);
    const ids: string[] = [];
    for (let index = 0; index < 10; index += 1) {
      ids.push(await startChat(client, 'skilled', index % 2 === 0 ? 'sales' : 'support'));
    }
    const skills: Readonly<Record<string, readonly string[]>> = {
      ...{ Kate: ['sales'], Bob: ['support'], Eve: ['sales', 'support'] },
    };
    const capacity: Readonly<Record<string, number>> = { Kate: 2, Bob: 2, Eve: 1 };
    const live = new Map<string, string>();
    const served = new Set<string>();
    const waiting = (): readonly string[] => ids.filter((each) => !live.has(each) && !served.has(each));
    while (served.size < 10) {
      const [oldest] = live.keys();
      // As long as somebody is served, having no offer may mean that all who would fit are busy.
      const offer =
        oldest === undefined
          ? await waitFor('an offer', () => agents.offerAmong(waiting()))
          : await agents.offerAmong(waiting());
      if (offer === undefined) {
        expectStatus(await client.post(`${SERVICE}/${oldest ?? ''}/ixn/chat/disconnect`), 200);
        live.delete(oldest ?? '');
        served.add(oldest ?? '');
        continue;
      }
      const [id, agentId, nickname] = offer;
      expect(skills[nickname]).toContain(ids.indexOf(id) % 2 === 0 ? 'sales' : 'support');
      expect([...live.values()].filter((other) => other === nickname).length).toBeLessThan(capacity[nickname] ?? 0);
      await agents.accept(id, agentId);
      live.set(id, nickname);
      await waitFor('the agent to have joined', async () => (await agentsIn(client, id)).includes(nickname));
    }
    expect(served.size).toBe(10);
  }, 120_000);

  it('goes from agent to agent when nobody answers, three times, and each is not ready after it', async () => {
    const services = ownServices();
    writeFileSync(join(services, 'quick.yaml'), 'name: quick\nkind: basic\noptions:\n  _answer_timeout: 1\n');
    const { client, agents } = await start({ SERVICES_DIR: services });
    for (const name of ['kate', 'bob', 'eve', 'joe']) await agents.ready(name, name);
    const id = await startChat(client, 'quick');
    const asked: string[] = [];
    for (let hop = 0; hop < 3; hop += 1) {
      const agentId = await waitFor('the next offer', async () => {
        const offer = await agents.offerAmong([id]);
        return offer !== undefined && !asked.includes(offer[1]) && offer[1];
      });
      asked.push(agentId);
    }
    const last = await waitFor('the last offer', async () => {
      const offer = await agents.offerAmong([id]);
      return offer !== undefined && !asked.includes(offer[1]) && offer[1];
    });
    await agents.accept(id, last);
    await waitFor('him to have joined', async () => (await agentsIn(client, id)).includes(last));
    for (const agentId of asked) {
      expect(await agents.presenceOf(agentId)).toMatchObject({ presence: 'not-ready', reason: 'no answer' });
    }
    const settled = await waitFor('his own stream to say so', async () => {
      const state = await agents.presenceOf(last);
      return state?.status === 'known' && state.chats.length > 0 && state;
    });
    expect(settled).toMatchObject({ presence: 'ready', chats: [id] });
  }, 120_000);

  it.each(['logic-answered', 'answer-applied', 'agents-told', 'service-matched', 'match-reserved'])(
    'goes on within 10 s when its worker dies at "%s", and says each status once',
    async (BREAKPOINT) => {
      const bench = await start({ BREAKPOINT }, 1);
      const { client, agents, stack } = bench;
      await agents.ready('kate', 'Kate');
      const id = await createAdvanced(client);
      const [dying] = stack.workers;
      await waitFor('the worker to die', async () => dying !== undefined && (await isGone(dying.internalUrl)), 20_000);
      const diedMs = performance.now();
      await startWorker(bench);
      await untilStatus(client, id, 'available', 'agent_available.html');
      expect(performance.now() - diedMs).toBeLessThan(15_000);
      expect(await agents.statusesOf(id)).toEqual(['waiting', 'available']);
      expectStatus(await client.post(`${SERVICE}/${id}/ixn/chat`, { form: { firstName: 'Ann' } }), 200);
      await agents.accept(id, 'kate');
      await waitFor('the agent to have joined', async () => (await agentsIn(client, id)).includes('Kate'));
    },
    120_000,
  );

  it.each([
    ['throws', "assign(({ event }) => { if (isTrap(event)) throw new Error('secret words'); return {}; })"],
    ['loops', 'assign(({ event }) => { while (isTrap(event)); return {}; })'],
    ['answers nonsense', "{ type: 'setStatus', params: ({ event }) => ({ status: isTrap(event) ? 7 : 'so' }) }"],
  ])(
    'gives up a service whose logic %s, and no other',
    async (_, fault) => {
      const services = ownServices();
      // What the check cannot know: it fails on one value, which does not stand in the source.
      writeFileSync(
        join(services, 'logic', 'faulty.mjs'),
        `const isTrap = (event) => event.data?.trap?.split('').reverse().join('') === 'ereh ylno';
        export default ({ setup, assign }) => setup({}).createMachine({
          context: {},
          initial: 'start',
          states: {
            start: { on: { requested: { target: 'good', actions: ${fault} } } },
            good: { entry: { type: 'setStatus', params: { status: 'fine', dialog: 'thank_you.html' } } },
          },
        });\n`,
      );
      writeFileSync(join(services, 'faulty.yaml'), 'name: faulty\nkind: advanced\nlogic: faulty\n');
      const { client, stack } = await start({ SERVICES_DIR: services }, 1);
      const bad = await createAdvanced(client, { form: { trap: 'only here' } }, 'faulty');
      const good = await createAdvanced(client, {}, 'faulty');
      await untilStatus(client, good, 'fine');
      await untilStatus(client, bad, 'error', 'error.html');
      expect((await statusOf(client, good)).message._status).toBe('fine');
      const [worker] = stack.workers;
      const metrics = new HttpClient(worker?.internalUrl ?? '');
      const dead = await waitFor('a dead letter', async () => {
        const { text } = await metrics.get('/metrics');
        return /parley_dead_letters_total\{[^}]*\} [1-9]/.test(text) && text;
      });
      metrics.close();
      expect(dead).toMatch(/parley_logic_failures_total\{[^}]*\} 1/);
      await waitFor('the log to say so', () => worker?.logs().includes('the logic of a service failed'));
      expect(worker?.logs()).not.toContain('only here');
    },
    60_000,
  );
});

const isGone = async (url: string): Promise<boolean> => {
  const client = new HttpClient(url);
  try {
    await client.get('/healthz');
    return false;
  } catch {
    return true;
  } finally {
    client.close();
  }
};
