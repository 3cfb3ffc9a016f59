import { type HttpReply, waitFor } from '../support/http.js';
import {
  batchOf,
  chatBody,
  chatPath,
  createService,
  expectStatus,
  readFrom,
  SERVICE,
  startChat,
  textsOf,
} from './customer.js';
import { differences, ERROR_TEMPLATE, JSON_HEADERS, type Template } from './expectation.js';
import { useStack } from './running-stack.js';

/** Which status answers what, for basic services. */
const { client } = useStack({ env: { DEMO_AGENT: '0' } });

const UNKNOWN_ID = '0da34a9d-0c5e-46a6-953c-6cc1aa82bf7f';
const OPERATIONS = ['refresh', 'send', 'startTyping', 'stopTyping', 'disconnect'];
const FORM = { message: 'hi' };

const expectError = (reply: HttpReply, status: number): void => {
  expectStatus(reply, status);
  expect(reply.headers).toMatchObject(JSON_HEADERS);
  expect(differences(reply.json(), ERROR_TEMPLATE)).toEqual([]);
};

describe('before ixn/chat', () => {
  it.each(OPERATIONS)('%s is answered with an empty 503', async (operation) => {
    const id = await createService(client);
    const reply = expectStatus(await client.post(chatPath(id, operation), { form: FORM }), 503);
    expect(reply.text).toBe('');
  });

  it('GET of refresh is answered with an empty 503', async () => {
    const id = await createService(client);
    expect(expectStatus(await client.get(chatPath(id, 'refresh')), 503).text).toBe('');
  });

  it('a refused message is not kept for later', async () => {
    const id = await createService(client);
    expectStatus(await client.post(chatPath(id, 'send'), { form: FORM }), 503);
    chatBody(await client.post(chatPath(id)));
    expect(batchOf(await client.post(chatPath(id, 'refresh')))).toEqual({
      state: 'TRANSCRIPT',
      position: 1,
      events: [],
    });
  });
});

describe('an id that no service has', () => {
  it.each(['', ...OPERATIONS])('is answered with 404 and an explanation: ixn/chat/%s', async (operation) => {
    expectError(await client.post(chatPath(UNKNOWN_ID, operation), { form: FORM }), 404);
  });

  it('is answered with 404 to GET of refresh, to DELETE and to storage', async () => {
    expectError(await client.get(chatPath(UNKNOWN_ID, 'refresh')), 404);
    expectError(await client.delete(`${SERVICE}/${UNKNOWN_ID}`), 404);
    expectError(await client.get(`${SERVICE}/${UNKNOWN_ID}/storage`), 404);
    expectError(await client.get(`${SERVICE}/${UNKNOWN_ID}/storage/key`), 404);
    expectError(await client.post(`${SERVICE}/${UNKNOWN_ID}/storage`, { form: { key: 'value' } }), 404);
  });
});

describe('a service name that is not configured', () => {
  it.each(['no-such-service', 'Request-Chat', 'request-chat2', '__proto__', 'constructor'])(
    'is answered with 404 and an explanation: %s',
    async (name) => {
      expectError(await client.post(`${SERVICE}/${name}`), 404);
      expectError(await client.get(`${SERVICE}/${name}`), 404);
    },
  );
});

describe('a deleted service', () => {
  it('is unknown from then on', async () => {
    const chat = await startChat(client);
    expect([200, 204]).toContain((await client.delete(`${SERVICE}/${chat.id}`)).status);
    for (const operation of ['', ...OPERATIONS]) {
      expectError(await client.post(chatPath(chat.id, operation), { form: FORM }), 404);
    }
    expectError(await client.get(`${SERVICE}/${chat.id}/storage`), 404);
    expectError(await client.delete(`${SERVICE}/${chat.id}`), 404);
  });

  it('may be one whose chat was not started', async () => {
    const id = await createService(client);
    expect([200, 204]).toContain((await client.delete(`${SERVICE}/${id}`)).status);
    expectError(await client.post(chatPath(id)), 404);
  });
});

describe('a service past its _ttl', () => {
  it('is unknown from then on', async () => {
    const id = await createService(client, { form: { _ttl: '1' } });
    chatBody(await client.post(chatPath(id)));
    // A request may count as use and lengthen its life, so this asks more rarely than the time it has.
    const reply = await waitFor(
      'the service to expire',
      async () => {
        const answer = await client.get(`${SERVICE}/${id}/storage`);
        return answer.status !== 200 && answer;
      },
      16_000,
      4_000,
    );
    expectError(reply, 404);
    expectError(await client.post(chatPath(id, 'refresh')), 404);
    expectError(await client.post(chatPath(id)), 404);
  }, 30_000);
});

describe('a second ixn/chat', () => {
  const connected = (position: string): Template => ({
    chatIxnState: 'CONNECTED',
    chatSessionId: '<sessionId>',
    transcriptPosition: position,
    chatServiceMessage: 'Chat service is available',
  });

  it('on a live chat gets the same chat', async () => {
    const chat = await startChat(client);
    const body = chatBody(await client.post(chatPath(chat.id), { form: { firstName: 'Other' } }));
    expect(body.chatSessionId).toBe(chat.sessionId);
    expect(differences(body, connected('<position>'))).toEqual([]);
    const sent = batchOf(await client.post(chatPath(chat.id, 'send'), { form: FORM }));
    expect(sent.position).toBe(2);
    expect(sent.events[0]?.[1]).toBe('VasyaP');
  });

  it('at the very same time starts one chat', async () => {
    const id = await createService(client);
    const bodies = await Promise.all([1, 2, 3, 4].map(async () => chatBody(await client.post(chatPath(id)))));
    expect(new Set(bodies.map(({ chatSessionId }) => chatSessionId)).size).toBe(1);
  });

  it('after the end is answered as a refresh after the end', async () => {
    const chat = await startChat(client);
    await client.post(chatPath(chat.id, 'disconnect'));
    const body = chatBody(await client.post(chatPath(chat.id)));
    expect(body).toMatchObject({ chatIxnState: 'DISCONNECTED', chatSessionId: chat.sessionId });
    expect(body).toEqual(chatBody(await client.post(chatPath(chat.id, 'refresh'))));
  });
});

describe('after the end of the chat', () => {
  const ended = (position: string, events: readonly Template[]): Record<string, Template> => ({
    chatIxnState: 'DISCONNECTED',
    chatSessionId: '<sessionId>',
    transcriptPosition: position,
    chatServiceMessage: '<any string>',
    transcriptToShow: events,
    startedAt: '<utc>',
  });
  const explained = { exception: '<any string>', message: '<any string>' };
  const hi: Template = ['Message.Text', 'VasyaP', 'hi', '<seconds>', 'CLIENT'];

  it('disconnect may be repeated and is answered the same', async () => {
    const chat = await startChat(client);
    await client.post(chatPath(chat.id, 'send'), { form: FORM });
    const first = chatBody(await client.post(chatPath(chat.id, 'disconnect')));
    expect(
      differences(first, {
        chatIxnState: 'DISCONNECTED',
        chatSessionId: chat.sessionId,
        transcriptPosition: '2',
        chatServiceMessage: 'Chat was finished',
      }),
    ).toEqual([]);
    expect(chatBody(await client.post(chatPath(chat.id, 'disconnect')))).toEqual(first);
    expect(chatBody(await client.post(chatPath(chat.id, 'disconnect')))).toEqual(first);
  });

  it('refresh shows the events still to show, then explains itself', async () => {
    const chat = await startChat(client);
    await client.post(chatPath(chat.id, 'send'), { form: FORM });
    await client.post(chatPath(chat.id, 'disconnect'));
    const replay = await client.post(chatPath(chat.id, 'refresh'), { form: { transcriptPosition: '1' } });
    expect(differences(chatBody(replay), ended('2', [hi]))).toEqual([]);
    const rest = chatBody(await client.post(chatPath(chat.id, 'refresh')));
    expect(differences(rest, { ...ended('2', []), ...explained })).toEqual([]);
  });

  it.each([
    ['refresh', {}],
    ['refresh', FORM],
    ['send', FORM],
    ['startTyping', {}],
    ['stopTyping', {}],
  ])('%s %j is answered 200 and appends nothing', async (operation, form) => {
    const chat = await startChat(client);
    await client.post(chatPath(chat.id, 'disconnect'));
    const body = chatBody(await client.post(chatPath(chat.id, operation), { form }));
    expect(differences(body, { ...ended('1', []), ...explained })).toEqual([]);
    expect(await readFrom(client, chat, 0)).toEqual({ state: 'DISCONNECTED', position: 1, events: [] });
  });

  it('a retry of the last message still gets its reply', async () => {
    const chat = await startChat(client);
    const options = { headers: { 'Idempotency-Key': 'last' }, form: FORM };
    const first = batchOf(await client.post(chatPath(chat.id, 'send'), options));
    await client.post(chatPath(chat.id, 'disconnect'));
    const again = batchOf(await client.post(chatPath(chat.id, 'send'), options));
    expect(textsOf(again.events)).toEqual(['hi']);
    expect(again.position).toBe(first.position);
  });
});

describe('the user of a service', () => {
  const alice = { headers: { gms_user: 'alice' } };
  const bob = { headers: { gms_user: 'bob' } };
  /** Without what names the request itself. */
  const answerOf = (reply: HttpReply) => ({ status: reply.status, body: reply.json() });

  it('may reach it with the header or without', async () => {
    const id = await createService(client, alice);
    chatBody(await client.post(chatPath(id), alice));
    chatBody(await client.post(chatPath(id, 'refresh'), alice));
    chatBody(await client.post(chatPath(id, 'refresh')));
  });

  it.each(['', ...OPERATIONS])(
    'is the only one: another gets the answer to an unknown id, ixn/chat/%s',
    async (operation) => {
      const id = await createService(client, alice);
      if (operation !== '') chatBody(await client.post(chatPath(id), alice));
      const stranger = await client.post(chatPath(id, operation), { ...bob, form: FORM });
      const unknown = await client.post(chatPath(UNKNOWN_ID, operation), { ...bob, form: FORM });
      expectError(stranger, 404);
      expect(answerOf(stranger)).toEqual(answerOf(unknown));
    },
  );

  it('is the only one at its storage and to delete it', async () => {
    const id = await createService(client, alice);
    await client.post(`${SERVICE}/${id}/storage`, { ...alice, form: { key: 'value' } });
    expectError(await client.get(`${SERVICE}/${id}/storage`, bob), 404);
    expectError(await client.get(`${SERVICE}/${id}/storage/key`, bob), 404);
    expectError(await client.post(`${SERVICE}/${id}/storage`, { ...bob, form: { key: 'other' } }), 404);
    expectError(await client.delete(`${SERVICE}/${id}/storage/key`, bob), 404);
    expectError(await client.delete(`${SERVICE}/${id}`, bob), 404);
    expect(expectStatus(await client.get(`${SERVICE}/${id}/storage/key`, alice), 200).text).toBe('value');
  });

  it('is the first one named on any of its requests', async () => {
    const id = await createService(client);
    chatBody(await client.post(chatPath(id), alice));
    expectError(await client.post(chatPath(id, 'refresh'), bob), 404);
    chatBody(await client.post(chatPath(id, 'refresh'), alice));
    chatBody(await client.post(chatPath(id, 'refresh')));
  });

  it('does not become another by a refused request', async () => {
    const chat = await startChat(client, alice);
    expectError(await client.post(chatPath(chat.id, 'send'), { ...bob, form: FORM }), 404);
    expect(await readFrom(client, chat, 0)).toEqual({ state: 'TRANSCRIPT', position: 1, events: [] });
  });
});
