import { type RequestOptions } from '../support/http.js';
import { chatBody, chatPath, createService, SERVICE, startChat } from './customer.js';
import { differences, JSON_HEADERS, scalarFaults, transcriptTemplate, verboseTemplate } from './expectation.js';
import { useStack } from './running-stack.js';

/** What replies look like: headers, kinds of values, fields. */
const { client } = useStack({ env: { DEMO_AGENT: '0' } });

const FORM = 'application/x-www-form-urlencoded';
const OPERATIONS = ['refresh', 'send', 'startTyping', 'stopTyping', 'disconnect'];

describe('transcriptPosition', () => {
  const asString: (readonly [string, RequestOptions])[] = [
    ['a form', { form: { message: 'hi' } }],
    ['multipart', { multipart: [{ name: 'message', value: 'hi' }] }],
    ['JSON text under the label of a form', { headers: { 'Content-Type': FORM }, body: '{"message":"hi"}' }],
  ];
  const asNumber: (readonly [string, RequestOptions])[] = [
    ['JSON', { json: { message: 'hi' } }],
    [
      'JSON with a charset',
      { headers: { 'Content-Type': 'application/json;charset=UTF-8' }, body: '{"message":"hi"}' },
    ],
  ];

  it.each(asString)('is a string in the reply to %s', async (_, options) => {
    const chat = await startChat(client);
    for (const operation of OPERATIONS) {
      const body = chatBody(await client.post(chatPath(chat.id, operation), options));
      expect({ operation, type: typeof body.transcriptPosition }).toEqual({ operation, type: 'string' });
      expect(scalarFaults(body)).toEqual([]);
    }
  });

  it.each(asNumber)('is a number in the reply to %s, and the only one', async (_, options) => {
    const chat = await startChat(client);
    for (const operation of OPERATIONS) {
      const body = chatBody(await client.post(chatPath(chat.id, operation), options));
      expect({ operation, type: typeof body.transcriptPosition }).toEqual({ operation, type: 'number' });
      expect(scalarFaults(body)).toEqual([`$.transcriptPosition: ${body.transcriptPosition}`]);
    }
  });

  it('is a number in the reply to ixn/chat in JSON, a string to one without a body', async () => {
    const ids = [await createService(client), await createService(client)] as const;
    expect(chatBody(await client.post(chatPath(ids[0]), { json: {} })).transcriptPosition).toBe(1);
    expect(chatBody(await client.post(chatPath(ids[1]))).transcriptPosition).toBe('1');
  });

  it('is a string in the reply to GET', async () => {
    const chat = await startChat(client);
    expect(chatBody(await client.get(chatPath(chat.id, 'refresh'))).transcriptPosition).toBe('1');
  });
});

describe('a verbose reply', () => {
  it.each(OPERATIONS)('to %s has all fields in their exact spelling', async (operation) => {
    const chat = await startChat(client);
    const form = { _verbose: 'true', ...(operation === 'send' ? { message: 'hi' } : {}) };
    const body = chatBody(await client.post(chatPath(chat.id, operation), { form }));
    const fields = Object.fromEntries(Object.entries(body).filter(([key]) => key in verboseTemplate(chat.id)));
    expect(differences(fields, verboseTemplate(chat.id))).toEqual([]);
  });

  it('says only once what the request asked for once', async () => {
    const chat = await startChat(client);
    await client.post(chatPath(chat.id, 'refresh'), { form: { _verbose: 'true' } });
    expect(differences(chatBody(await client.post(chatPath(chat.id, 'refresh'))), transcriptTemplate('1', []))).toEqual(
      [],
    );
  });

  it('says the same of a chat every time, and nothing of another', async () => {
    const form = { _verbose: 'true' };
    const chats = [await startChat(client), await startChat(client)] as const;
    const keysOf = async (id: string) => {
      const body = (await client.post(chatPath(id, 'refresh'), { form })).json() as Record<string, string>;
      return [body['userId'], body['secureKey'], body['chatSessionId']];
    };
    const first = await keysOf(chats[0].id);
    expect(await keysOf(chats[0].id)).toEqual(first);
    const second = await keysOf(chats[1].id);
    for (const key of first) expect(second).not.toContain(key);
  });
});

describe('every reply', () => {
  it.each(OPERATIONS)('forbids caches to keep it: %s', async (operation) => {
    const chat = await startChat(client);
    const form = operation === 'send' ? { message: 'hi' } : {};
    expect((await client.post(chatPath(chat.id, operation), { form })).headers).toMatchObject(JSON_HEADERS);
  });

  it('has the session id of the chat, which is not the id of the service', async () => {
    const chat = await startChat(client);
    expect(chat.sessionId).toMatch(/^[0-9A-Z]{16}$/);
    for (const operation of OPERATIONS) {
      const body = chatBody(await client.post(chatPath(chat.id, operation), { form: { message: 'hi' } }));
      expect({ operation, id: body.chatSessionId }).toEqual({ operation, id: chat.sessionId });
    }
  });

  it('names one start of the chat, at the time it was started', async () => {
    const beforeS = Math.floor(Date.now() / 1000) - 1;
    const chat = await startChat(client);
    const first = chatBody(await client.post(chatPath(chat.id, 'refresh')));
    const startedS = Date.parse(first.startedAt ?? '') / 1000;
    expect(startedS).toBeGreaterThanOrEqual(beforeS);
    expect(startedS).toBeLessThanOrEqual(Date.now() / 1000 + 1);
    const later = chatBody(await client.post(chatPath(chat.id, 'send'), { form: { message: 'hi' } }));
    expect(later.startedAt).toBe(first.startedAt);
  });
});

describe('ids', () => {
  it('are those of a new service each time', async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => createService(client)));
    expect(new Set(ids).size).toBe(20);
  });

  it('take business data of any name along', async () => {
    const form = { account: '42', __proto__x: 'y', constructor: 'z', 'a b': 'ü', _device_os: 'ios' };
    const reply = await client.post(`${SERVICE}/request-chat`, { form });
    expect(differences(reply.json(), { _id: '<uuid>' })).toEqual([]);
  });
});
