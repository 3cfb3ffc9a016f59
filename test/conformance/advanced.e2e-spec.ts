import { type HttpReply, waitFor } from '../support/http.js';
import { createAdvanced, statusOf, untilStatus } from './advanced-customer.js';
import { chatBody, chatPath, createService, expectStatus, readFrom, SERVICE, textsOf } from './customer.js';
import { differences, ERROR_TEMPLATE, JSON_HEADERS, scalarFaults } from './expectation.js';
import { useStack } from './running-stack.js';

/** The documented advanced flow by polling; the robot is the agent who becomes available. */
const { clients } = useStack({ gateways: 2 });
const [client, other] = clients;

const UNKNOWN_ID = 'EKUJPKAQ197CFA6SJQKTJ03DBG00001M';
const NAMES = ['advanced-chat-poll', 'request-chat-poll', 'advance-chat-pool'];
const ID = /^[0-9A-Z]{32}$/;

const expectError = (reply: HttpReply, status: number): void => {
  expectStatus(reply, status);
  expect(reply.headers).toMatchObject(JSON_HEADERS);
  expect(differences(reply.json(), ERROR_TEMPLATE)).toEqual([]);
};

describe('the creation of an advanced service', () => {
  it.each(NAMES)('is answered with an id of 32 letters and digits: %s', async (name) => {
    for (const reply of [await client.post(`${SERVICE}/${name}`), await client.get(`${SERVICE}/${name}`)]) {
      const body = expectStatus(reply, 200).json() as { _id: string };
      expect(Object.keys(body)).toEqual(['_id']);
      expect(body._id).toMatch(ID);
      expect(reply.headers).toMatchObject(JSON_HEADERS);
    }
  });

  it.each([
    ['_verbose', { _verbose: 'true' }],
    ['a device', { _device_notification_id: 'b16416334828b1d2', device_os: 'ios' }],
    ['statuses over CometD', { device_os: 'comet' }],
  ])('names the URL of the status with %s', async (_, form) => {
    const reply = expectStatus(await client.post(`${SERVICE}/request-chat-poll`, { form }), 200);
    const { _id } = reply.json() as { _id: string };
    expect(reply.json()).toEqual({ _id, _session_comand_STATUS_URL: `${SERVICE}/${_id}/status` });
  });
});

describe('an advanced service', () => {
  it('goes the documented way, whichever gateway is asked', async () => {
    const id = await createAdvanced(client, { form: { reason: 'test' } });
    const { message: first } = await statusOf(other, id);
    expect(['waiting', 'available']).toContain(first._status);

    const available = await untilStatus(client, id, 'available');
    expect(available).toEqual({
      message: { _id: id, _status: 'available', _dialog: 'agent_available.html' },
      tag: `a2c.advanced.service.agentavailable.${id}`,
    });
    expect(await statusOf(other, id, { form: { _verbose: 'true' } })).toEqual({
      message: {
        ...available.message,
        _chatIxnAPI_CREATE_URL: chatPath(id),
        _session_comand_STATUS_URL: `${SERVICE}/${id}/status`,
      },
      tag: available.tag,
    });

    const start = { form: { firstName: 'Vasya', lastName: 'Pupkin', subject: 'test' } };
    const started = chatBody(await other.post(chatPath(id), start));
    expect(started).toMatchObject({ chatIxnState: 'CONNECTED', transcriptPosition: '1' });
    const chat = { id, sessionId: started.chatSessionId };
    await waitFor('the agent who was held', async () => {
      const { events } = await readFrom(client, chat, 1);
      return events.some(([type, , , , party]) => type === 'Notice.Joined' && party === 'AGENT');
    });
    chatBody(await client.post(chatPath(id, 'send'), { form: { message: 'hello agent' } }));
    await waitFor('an answer', async () => textsOf((await readFrom(other, chat, 1)).events).length > 1);
    chatBody(await client.post(chatPath(id, 'disconnect')));

    const after = await untilStatus(client, id, 'completed', 'post_chat.html');
    expect(after.tag).toBe(`a2c.advanced.service.statuschanged.${id}`);
    await statusOf(client, id, { form: { solved: 'yes' } });
    await untilStatus(other, id, 'completed', 'thank_you.html');
  });

  it('has strings alone in its status', async () => {
    const id = await createAdvanced(client);
    expect(scalarFaults(await statusOf(client, id, { form: { _verbose: 'true' } }))).toEqual([]);
  });

  it('is told to its owner alone', async () => {
    const alice = { headers: { gms_user: 'alice' } };
    const bob = { headers: { gms_user: 'bob' } };
    const id = await createAdvanced(client, alice);
    await statusOf(other, id, alice);
    expectError(await client.post(`${SERVICE}/${id}/status`, bob), 404);
    expectError(await client.post(`${SERVICE}/${id}/check-queue-position`, bob), 404);
    expectError(await client.get(`${SERVICE}/${id}/dialogs/closed.html`, bob), 404);
  });
});

describe('where there is no status', () => {
  it.each(['status', 'check-queue-position'])('%s of an unknown service is a 404', async (operation) => {
    expectError(await client.post(`${SERVICE}/${UNKNOWN_ID}/${operation}`), 404);
    expectError(await client.post(`${SERVICE}/nonsense/${operation}`), 404);
  });

  it('that of a basic service is a 404', async () => {
    const id = await createService(client);
    expectError(await client.post(`${SERVICE}/${id}/status`), 404);
    expectError(await client.get(`${SERVICE}/${id}/status`), 404);
  });

  it('that of a deleted service is a 404', async () => {
    const id = await createAdvanced(client);
    await client.delete(`${SERVICE}/${id}`);
    expectError(await client.post(`${SERVICE}/${id}/status`), 404);
  });

  it.each([
    ['PUT', 'status', 'POST, GET'],
    ['GET', 'check-queue-position', 'POST'],
    ['POST', 'dialogs/closed.html', 'GET'],
  ])('%s of %s is a 405', async (method, operation, allow) => {
    const id = await createAdvanced(client);
    const reply = await client.request(method, `${SERVICE}/${id}/${operation}`);
    expectError(reply, 405);
    expect(reply.headers.allow).toBe(allow);
  });
});
