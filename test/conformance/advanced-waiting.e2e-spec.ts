import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../support/http.js';
import { StoreAgents } from './advanced-agents.js';
import { createAdvanced, queueOf, statusOf, untilStatus } from './advanced-customer.js';
import { chatBody, chatPath, expectStatus, readFrom, SERVICE, startChat } from './customer.js';
import { useStack } from './running-stack.js';

/** Customers who wait for agents of flesh and blood. */
const KEY_PREFIX = 'waiting';
const SERVICES_DIR = mkdtempSync(join(tmpdir(), 'parley-waiting-'));
const RESERVATION_S = 1;

const definition = (name: string): string => join(SERVICES_DIR, `${name}.yaml`);
cpSync(join(import.meta.dirname, '../../services'), SERVICES_DIR, { recursive: true });
writeFileSync(
  definition('hasty-chat'),
  `name: hasty-chat\nkind: advanced\nlogic: advanced-chat-poll\noptions:\n  _agent_timeout: ${RESERVATION_S}\n`,
);
writeFileSync(
  definition('closed-chat'),
  'name: closed-chat\nkind: advanced\nlogic: advanced-chat-poll\noptions:\n  _business_hours: { days: {} }\n',
);

const { stack, client } = useStack({ env: { DEMO_AGENT: '0', KEY_PREFIX, SERVICES_DIR } });
let agents: StoreAgents;

beforeAll(async () => {
  agents = await StoreAgents.of(stack().redis?.url ?? '', KEY_PREFIX);
});
afterAll(() => {
  agents.close();
  rmSync(SERVICES_DIR, { recursive: true });
});

/** Skills that only this test knows keep it apart from the others. */
const needs = (skill: string) => ({ form: { skill } });
const drop = (id: string) => client.delete(`${SERVICE}/${id}`);

describe('a service without an agent', () => {
  it('waits, and its chat cannot be started', async () => {
    const id = await createAdvanced(client, needs('nobody'));
    for (const operation of ['', 'refresh', 'send', 'startTyping', 'stopTyping', 'disconnect']) {
      const reply = expectStatus(await client.post(chatPath(id, operation), { form: { message: 'hi' } }), 503);
      expect(reply.text).toBe('');
    }
    expect(await untilStatus(client, id, 'waiting')).toEqual({
      message: { _id: id, _status: 'waiting', _dialog: 'waiting_for_agent.html' },
      tag: `a2c.advanced.service.statuschanged.${id}`,
    });
    await drop(id);
  });

  it('says where its status is, but no chat, when it is verbose', async () => {
    const id = await createAdvanced(client, needs('nobody'));
    const { message } = await statusOf(client, id, { form: { _verbose: 'true' } });
    expect(message._session_comand_STATUS_URL).toBe(`${SERVICE}/${id}/status`);
    expect(message).not.toHaveProperty('_chatIxnAPI_CREATE_URL');
    await drop(id);
  });

  it('keeps data that come with status, as those of its creation', async () => {
    const id = await createAdvanced(client, { form: { skill: 'nobody', product: 'loan' } });
    await statusOf(client, id, { form: { step: '2', _verbose: 'true' } });
    await statusOf(client, id, { json: { step: '3', nested: { a: 1 } } });
    const storage = expectStatus(await client.get(`${SERVICE}/${id}/storage`), 200).json();
    expect(storage).toEqual({ skill: 'nobody', product: 'loan', step: '3', nested: '{"a":1}' });
    await drop(id);
  });
});

describe('a service whose agent comes', () => {
  it('is available for as long as an agent is held, and then waits again', async () => {
    await agents.ready('hasty', 'Hasty', { hasty: 1 });
    const id = await createAdvanced(client, needs('hasty'), 'hasty-chat');
    await untilStatus(client, id, 'available', 'agent_available.html');
    const startMs = performance.now();
    await agents.notReady('hasty');
    await untilStatus(client, id, 'waiting', 'waiting_for_agent.html');
    expect(performance.now() - startMs).toBeGreaterThan(RESERVATION_S * 500);
    expect(expectStatus(await client.post(chatPath(id)), 503).text).toBe('');
    await agents.signOut('hasty');
    await drop(id);
  });

  it('waits again when its agent goes', async () => {
    await agents.ready('fickle', 'Fickle', { fickle: 1 });
    const id = await createAdvanced(client, needs('fickle'));
    await untilStatus(client, id, 'available');
    await agents.signOut('fickle');
    await untilStatus(client, id, 'waiting');
    await drop(id);
  });

  it('has its chat with the agent who was held for it', async () => {
    const id = await createAdvanced(client, needs('french'));
    await untilStatus(client, id, 'waiting');
    await agents.ready('marie', 'Marie', { french: 3 });
    await untilStatus(client, id, 'available');
    const { chatSessionId } = chatBody(await client.post(chatPath(id), { form: { firstName: 'Buzz' } }));
    await agents.accept(id, 'marie');
    const { events } = await readFrom(client, { id, sessionId: chatSessionId }, 1);
    expect(events.map(([type, nickname]) => [type, nickname])).toEqual([['Notice.Joined', 'Marie']]);
    await untilStatus(client, id, 'chatting');
    chatBody(await client.post(chatPath(id, 'disconnect')));
    await untilStatus(client, id, 'completed', 'post_chat.html');
    await agents.signOut('marie');
  });
});

describe('the queue', () => {
  it('tells everybody his place, and the first that it is his turn', async () => {
    const ids: string[] = [];
    for (let count = 1; count <= 3; count += 1) {
      const id = await createAdvanced(client, needs('queue'));
      ids.push(id);
      await waitFor('a place', async () => (await queueOf(client, id))._position === String(count));
    }
    const [first = '', second = '', third = ''] = ids;
    expect(await queueOf(client, second)).toEqual({
      _position: '2',
      _eta: expect.stringMatching(/^\d+$/),
      _total_waiting: '3',
      _agent_ready_threshold_passed: false,
    });
    await agents.ready('quentin', 'Quentin', { queue: 1 });
    await untilStatus(client, first, 'available');
    expect(await queueOf(client, first)).toMatchObject({ _position: '0', _agent_ready_threshold_passed: true });
    await waitFor('the others to move up', async () => (await queueOf(client, third))._position === '2');
    for (const id of ids) await drop(id);
    await agents.signOut('quentin');
  });

  it('has a place for the chat of a basic service, too', async () => {
    const chat = await startChat(client);
    await waitFor('a place', async () => (await queueOf(client, chat.id))._position !== '0');
    await agents.ready('anna', 'Anna');
    await agents.accept(chat.id, 'anna');
    expect(await queueOf(client, chat.id)).toMatchObject({ _position: '0', _agent_ready_threshold_passed: true });
    await agents.signOut('anna');
    await drop(chat.id);
  });
});

describe('business hours', () => {
  it('close a service, and open it again when its file says so', async () => {
    const id = await createAdvanced(client, needs('nobody'), 'closed-chat');
    await untilStatus(client, id, 'closed', 'closed.html');
    writeFileSync(definition('closed-chat'), readFileSync(definition('closed-chat'), 'utf8').split('options')[0] ?? '');
    // Data that are new have the hours looked at again.
    let asked = 0;
    await waitFor('the service to open', async () => {
      asked += 1;
      return (await statusOf(client, id, { form: { asked: String(asked) } })).message._status === 'waiting';
    });
    await drop(id);
  });
});

describe('a definition', () => {
  it('is there without a restart, and goes with its file', async () => {
    writeFileSync(definition('new-chat'), 'name: new-chat');
    await waitFor('the new service', async () => (await client.post(`${SERVICE}/new-chat`)).status === 200);
    rmSync(definition('new-chat'));
    await waitFor('it to go', async () => (await client.post(`${SERVICE}/new-chat`)).status === 404);
  });

  it('that is broken leaves what was there, and says why', async () => {
    writeFileSync(definition('broken-chat'), 'name: broken-chat');
    await waitFor('the service', async () => (await client.post(`${SERVICE}/broken-chat`)).status === 200);
    writeFileSync(definition('broken-chat'), 'name: broken-chat\noptions: { _ttl: soon }');
    const told = () => stack().gateways[0]?.logs() ?? '';
    await waitFor('the reason', () => Promise.resolve(told().includes('options._ttl: expected whole seconds')));
    expectStatus(await client.post(`${SERVICE}/broken-chat`), 200);
  });
});
