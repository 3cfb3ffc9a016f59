import { type HttpReply, type RequestOptions } from '../support/http.js';
import { type Chat, chatBody, chatPath, createService, expectStatus, SERVICE, startChat, textsOf } from './customer.js';
import { differences, ERROR_TEMPLATE, JSON_HEADERS, transcriptTemplate, verboseTemplate } from './expectation.js';
import { useStack } from './running-stack.js';

/** How requests may be put: methods, paths, parameters, bodies. */
const { client } = useStack({ env: { DEMO_AGENT: '0' } });

const FORM = 'application/x-www-form-urlencoded';

const expectError = (reply: HttpReply, status: number): { readonly message: string; readonly exception: string } => {
  expectStatus(reply, status);
  expect(reply.headers).toMatchObject(JSON_HEADERS);
  expect(differences(reply.json(), ERROR_TEMPLATE)).toEqual([]);
  return reply.json() as { message: string; exception: string };
};

describe('a method', () => {
  it('may be GET to create a service', async () => {
    const reply = expectStatus(await client.get(`${SERVICE}/request-chat`), 200);
    expect(reply.headers).toMatchObject(JSON_HEADERS);
    expect(differences(reply.json(), { _id: '<uuid>' })).toEqual([]);
  });

  it('may be GET to create a service, verbose', async () => {
    const body = expectStatus(await client.get(`${SERVICE}/request-chat?_verbose=true`), 200).json();
    const { _id: id } = body as { _id: string };
    const url = chatPath(id);
    expect(differences(body, { _id: '<uuid>', '_chatIxnAPI-CREATE-URL': url, _chatIxnAPI_CREATE_URL: url })).toEqual(
      [],
    );
  });

  it('may be GET to refresh, with a message too', async () => {
    const chat = await startChat(client);
    const body = chatBody(await client.get(`${chatPath(chat.id, 'refresh')}?message=hello%20agent`));
    const event = ['Message.Text', 'VasyaP', 'hello agent', '<seconds>', 'CLIENT'];
    expect(differences(body, transcriptTemplate('2', [event]))).toEqual([]);
  });

  it.each([
    ['GET', '', ['POST']],
    ['GET', 'send', ['POST']],
    ['GET', 'startTyping', ['POST']],
    ['GET', 'stopTyping', ['POST']],
    ['GET', 'disconnect', ['POST']],
    ['PUT', '', ['POST']],
    ['DELETE', '', ['POST']],
    ['DELETE', 'refresh', ['GET', 'POST']],
    ['PATCH', 'refresh', ['GET', 'POST']],
    ['PUT', 'send', ['POST']],
  ])('%s of ixn/chat/%s is refused with 405, saying what is allowed', async (method, operation, allowed) => {
    const chat = await startChat(client);
    const reply = await client.request(method, chatPath(chat.id, operation));
    expectError(reply, 405);
    const allow = (reply.headers.allow ?? '').split(/, */);
    expect(allow).toEqual(expect.arrayContaining(allowed));
    expect(allow).not.toContain(method);
  });

  it.each(['PUT', 'PATCH'])('%s of a service is refused with 405, saying what is allowed', async (method) => {
    const reply = await client.request(method, `${SERVICE}/request-chat`);
    expectError(reply, 405);
    expect((reply.headers.allow ?? '').split(/, */)).toEqual(expect.arrayContaining(['GET', 'POST']));
  });
});

describe('a path', () => {
  it.each([
    '/genesys/1/service/request-chat/',
    '/genesys/1/service//request-chat',
    '/genesys//1//service//request-chat//',
    '//genesys/1/service/request-chat',
  ])('creates a service at %s', async (path) => {
    expect(differences(expectStatus(await client.post(path), 200).json(), { _id: '<uuid>' })).toEqual([]);
  });

  it.each([
    ['/genesys/1/service/{id}/ixn/chat/refresh/'],
    ['/genesys/1/service/{id}/ixn//chat/refresh'],
    ['/genesys/1/service//{id}/ixn/chat//refresh//'],
    ['//genesys//1/service/{id}/ixn/chat/refresh'],
    ['/genesys/1/service/{id}/ixn/chat/refresh/?_verbose=false'],
  ])('refreshes at %s', async (path) => {
    const chat = await startChat(client);
    const body = chatBody(await client.post(path.replace('{id}', chat.id), { form: { message: 'hi' } }));
    expect(body.chatSessionId).toBe(chat.sessionId);
    expect(textsOf(body.transcriptToShow ?? [])).toEqual(['hi']);
  });

  it('starts a chat with a trailing slash', async () => {
    const id = await createService(client);
    expect(chatBody(await client.post(`${chatPath(id)}/`)).chatIxnState).toBe('CONNECTED');
  });

  it.each(['/', '/genesys', '/genesys/1', '/genesys/1/service', '/genesys/2/service/request-chat'])(
    'is answered with 404 where there is nothing: %s',
    async (path) => {
      expectError(await client.post(path), 404);
    },
  );

  it.each(['starttyping', 'Refresh', 'unknown'])('is case-sensitive: ixn/chat/%s is a 404', async (operation) => {
    const chat = await startChat(client);
    expectError(await client.post(chatPath(chat.id, operation)), 404);
  });
});

describe('parameters', () => {
  let chat: Chat;

  beforeEach(async () => {
    chat = await startChat(client);
  });

  const refresh = async (query: string, options: RequestOptions = {}) =>
    chatBody(await client.post(`${chatPath(chat.id, 'refresh')}${query}`, options));

  it('may stand in the query', async () => {
    expect(textsOf((await refresh('?message=from%20query')).transcriptToShow ?? [])).toEqual(['from query']);
  });

  it('may stand in the body', async () => {
    const body = await refresh('', { form: { message: 'from body' } });
    expect(textsOf(body.transcriptToShow ?? [])).toEqual(['from body']);
  });

  it('may stand in both, and the body wins', async () => {
    const body = await refresh('?message=from%20query', { form: { message: 'from body' } });
    expect(textsOf(body.transcriptToShow ?? [])).toEqual(['from body']);
  });

  it('may be spread over both', async () => {
    await refresh('?message=first');
    const body = await refresh('?transcriptPosition=1', { form: { message: 'second' } });
    expect(textsOf(body.transcriptToShow ?? [])).toEqual(['first', 'second']);
  });

  it.each(['true', 'True', 'TRUE', 'tRuE'])('take %s for true', async (value) => {
    const body = await refresh(`?_verbose=${value}`);
    expect(differences(body, { ...transcriptTemplate('1', []), ...verboseTemplate(chat.id) })).toEqual([]);
  });

  it.each(['false', '1', 'yes', 'on', ''])('take "%s" for false', async (value) => {
    expect(differences(await refresh(`?_verbose=${value}`), transcriptTemplate('1', []))).toEqual([]);
  });

  it('count as omitted when they are empty and optional', async () => {
    const body = await refresh('', { form: { message: '', transcriptPosition: '', _verbose: '', _message_id: '' } });
    expect(differences(body, transcriptTemplate('1', []))).toEqual([]);
  });

  it('are case-sensitive in their names', async () => {
    const body = await refresh('', { form: { Message: 'no', MESSAGE: 'no' } });
    expect(differences(body, transcriptTemplate('1', []))).toEqual([]);
  });

  it('keep every character of a text', async () => {
    const text = 'Grüße & <b>100 %</b> = "1+1" \u05e9\u05dc\u05d5\u05dd 👩‍👩‍👧 \\u0041';
    expect(textsOf((await refresh('', { form: { message: text } })).transcriptToShow ?? [])).toEqual([text]);
  });

  it('read a plus sign in a form as a space', async () => {
    const body = await refresh('', { headers: { 'Content-Type': FORM }, body: 'message=one+two%2Bthree' });
    expect(textsOf(body.transcriptToShow ?? [])).toEqual(['one two+three']);
  });
});

describe('names of the customer', () => {
  it.each([
    ['first name and first letter of the last', { firstName: 'Vasya', lastName: 'Pupkin' }, 'VasyaP'],
    ['their aliases', { FirstName: 'Vasya', LastName: 'Pupkin', EmailAddress: 'v.p@example.com' }, 'VasyaP'],
    ['one of each spelling', { firstName: 'Vasya', LastName: 'Pupkin' }, 'VasyaP'],
    ['the first name alone', { firstName: 'Vasya' }, 'Vasya'],
    ['the nickname wanted', { firstName: 'Vasya', lastName: 'Pupkin', userDisplayName: 'V.' }, 'V.'],
    ['an empty nickname', { firstName: 'Vasya', lastName: 'Pupkin', userDisplayName: '' }, 'VasyaP'],
    ['nothing', {}, 'Anonymous'],
    ['a subject only', { subject: 'French' }, 'Anonymous'],
  ])('become the nickname: %s', async (_, form, nickname) => {
    const chat = await startChat(client, { form });
    const body = chatBody(await client.post(chatPath(chat.id, 'send'), { form: { message: 'hi' } }));
    expect(body.transcriptToShow?.map(([, name]) => name)).toEqual([nickname]);
  });
});

describe('the time zone of the customer', () => {
  it.each([
    ['clientTimeZoneOffset of the chat', {}, { clientTimeZoneOffset: '-420' }, '-420'],
    ['TimeZone of the chat', {}, { TimeZone: '120' }, '120'],
    ['clientTimeZoneOffset of the service', { clientTimeZoneOffset: '-300' }, {}, '-300'],
    ['TimeZone of the service', { TimeZone: '60' }, {}, '60'],
    ['that of the chat before that of the service', { TimeZone: '60' }, { clientTimeZoneOffset: '0' }, '0'],
  ])('is echoed: %s', async (_, create, start, offset) => {
    const id = await createService(client, { form: create });
    const body = chatBody(await client.post(chatPath(id), { form: { ...start, _verbose: 'true' } }));
    expect(body.clientTimeZoneOffset).toBe(offset);
  });
});

describe('a body', () => {
  const expectText = async (options: RequestOptions, text: string, position: string | number = '2'): Promise<void> => {
    const chat = await startChat(client);
    const body = chatBody(await client.post(chatPath(chat.id, 'refresh'), options));
    const event = ['Message.Text', 'VasyaP', text, '<seconds>', 'CLIENT'];
    expect(differences(body, transcriptTemplate(position, [event]))).toEqual([]);
  };

  it.each([
    ['a form', { headers: { 'Content-Type': FORM }, body: 'message=caf%C3%A9' }],
    ['a form with a charset', { headers: { 'Content-Type': `${FORM}; charset=UTF-8` }, body: 'message=caf%C3%A9' }],
    [
      'a form with a charset in small letters',
      { headers: { 'Content-Type': `${FORM};charset=utf-8` }, body: 'message=caf%C3%A9' },
    ],
    ['a form, the type in capitals', { headers: { 'Content-Type': FORM.toUpperCase() }, body: 'message=caf%C3%A9' }],
    ['a form in raw UTF-8', { headers: { 'Content-Type': FORM }, body: 'message=café' }],
    ['multipart', { multipart: [{ name: 'message', value: 'café' }] }],
    ['JSON text under the label of a form', { headers: { 'Content-Type': FORM }, body: '{"message":"café"}' }],
    ['the same after blanks', { headers: { 'Content-Type': FORM }, body: ' \r\n\t{"message":"café"}' }],
  ])('is taken as %s', async (_, options) => {
    await expectText(options, 'café');
  });

  it.each([
    ['JSON', { json: { message: 'café' } }, 'café'],
    [
      'JSON with a charset',
      { headers: { 'Content-Type': 'application/json; charset=utf-8' }, body: '{"message":"café"}' },
      'café',
    ],
    ['JSON with a number', { json: { message: 5 } }, '5'],
    ['JSON with a boolean', { json: { message: true } }, 'true'],
    ['JSON with an object', { json: { message: { a: [1, 'b'] } } }, '{"a":[1,"b"]}'],
    ['JSON with an array', { json: { message: ['a', 1] } }, '["a",1]'],
  ])('is taken as %s', async (_, options, text) => {
    await expectText(options, text, 2);
  });

  it('is taken as JSON with parameters of other kinds', async () => {
    const chat = await startChat(client);
    const options = { json: { transcriptPosition: 0, _verbose: true, message: 'hi' } };
    const body = chatBody(await client.post(chatPath(chat.id, 'refresh'), options));
    const event = ['Message.Text', 'VasyaP', 'hi', '<seconds>', 'CLIENT'];
    expect(differences(body, { ...transcriptTemplate(2, [event]), ...verboseTemplate(chat.id) })).toEqual([]);
  });

  it('stays a form when it begins like JSON and is none', async () => {
    const chat = await startChat(client);
    const options = { headers: { 'Content-Type': FORM }, body: '{not json&message=hi' };
    const body = chatBody(await client.post(chatPath(chat.id, 'refresh'), options));
    expect(textsOf(body.transcriptToShow ?? [])).toEqual(['hi']);
  });

  it('may be empty with no type', async () => {
    const chat = await startChat(client);
    expect(differences(chatBody(await client.post(chatPath(chat.id, 'refresh'))), transcriptTemplate('1', []))).toEqual(
      [],
    );
  });

  it('may be empty under the label of a form', async () => {
    const chat = await startChat(client);
    const options = { headers: { 'Content-Type': FORM } };
    const body = chatBody(await client.post(chatPath(chat.id, 'refresh'), options));
    expect(differences(body, transcriptTemplate('1', []))).toEqual([]);
  });

  it.each([
    ['text/xml', '<message>hi</message>'],
    ['text/plain', 'message=hi'],
    ['application/octet-stream', 'message=hi'],
    ['application/x-www-form', 'message=hi'],
    ['', 'message=hi'],
  ])('of the type "%s" is refused with 415', async (type, body) => {
    const chat = await startChat(client);
    const headers: Record<string, string> = type === '' ? {} : { 'Content-Type': type };
    expectError(await client.post(chatPath(chat.id, 'refresh'), { headers, body }), 415);
  });

  it.each([
    ['JSON cut short', 'application/json', '{"message":"hi"'],
    ['no JSON at all', 'application/json', 'message=hi'],
    ['multipart without a boundary', 'multipart/form-data', '--x\r\n\r\n--x--\r\n'],
    [
      'multipart cut short',
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="message"\r\n\r\nhi',
    ],
  ])('that is malformed is refused with 400: %s', async (_, type, body) => {
    const chat = await startChat(client);
    expectError(await client.post(chatPath(chat.id, 'refresh'), { headers: { 'Content-Type': type }, body }), 400);
    expect(differences(chatBody(await client.post(chatPath(chat.id, 'refresh'))), transcriptTemplate('1', []))).toEqual(
      [],
    );
  });
});

describe('a value that is missing or incorrect', () => {
  it.each([
    ['send', {}, 'message'],
    ['send', { message: '' }, 'message'],
    ['send', { Message: 'hi' }, 'message'],
    ['refresh', { transcriptPosition: 'abc' }, 'transcriptPosition'],
    ['refresh', { transcriptPosition: '1.5' }, 'transcriptPosition'],
    ['refresh', { transcriptPosition: '1e3' }, 'transcriptPosition'],
    ['refresh', { transcriptPosition: '0x10' }, 'transcriptPosition'],
    ['refresh', { transcriptPosition: 'NaN', message: 'not stored' }, 'transcriptPosition'],
  ])('is refused with 415 naming it: %s %j', async (operation, form, name) => {
    const chat = await startChat(client);
    const { message } = expectError(await client.post(chatPath(chat.id, operation), { form }), 415);
    expect(message).toContain(name);
    expect(differences(chatBody(await client.post(chatPath(chat.id, 'refresh'))), transcriptTemplate('1', []))).toEqual(
      [],
    );
  });

  it.each([
    [{ notify_by: 'email' }, 'notify_by'],
    [{ notify_by: 'Comet' }, 'notify_by'],
    [{ notify_by: 'comet' }, 'gms_user'],
    [{ clientTimeZoneOffset: 'west' }, 'clientTimeZoneOffset'],
  ])('is refused with 415 naming it: ixn/chat %j', async (form, name) => {
    const id = await createService(client);
    const { message } = expectError(await client.post(chatPath(id), { form }), 415);
    expect(message).toContain(name);
    expectStatus(await client.post(chatPath(id, 'refresh')), 503);
  });

  it.each([
    [{ _ttl: 'long' }, '_ttl'],
    [{ _chat_endpoint: 'Environment:nowhere' }, '_chat_endpoint'],
  ])('is refused with 415 naming it: create %j', async (form, name) => {
    const { message } = expectError(await client.post(`${SERVICE}/request-chat`, { form }), 415);
    expect(message).toContain(name);
  });
});

describe('a page of another origin', () => {
  const ORIGIN = 'http://localhost:3000';
  const HEADERS = ['gms_user', 'content-type', 'x-requested-with', 'idempotency-key', 'authorization'];

  it.each([`${SERVICE}/request-chat`, chatPath('0da34a9d-0c5e-46a6-953c-6cc1aa82bf7f', 'refresh')])(
    'is told by a preflight what it may send: %s',
    async (path) => {
      const reply = await client.request('OPTIONS', path, {
        headers: {
          Origin: ORIGIN,
          'Access-Control-Request-Method': 'POST',
          'Access-Control-Request-Headers': HEADERS.join(','),
        },
      });
      expect([200, 204]).toContain(reply.status);
      expect(reply.headers['access-control-allow-origin']).toBe(ORIGIN);
      expect(reply.headers['access-control-allow-credentials']).toBe('true');
      const allowed = (reply.headers['access-control-allow-headers'] ?? '').toLowerCase().split(/, */);
      expect(allowed).toEqual(expect.arrayContaining(HEADERS));
      const methods = (reply.headers['access-control-allow-methods'] ?? '').split(/, */);
      expect(methods).toEqual(expect.arrayContaining(['GET', 'POST', 'DELETE']));
      expect(reply.headers.vary?.toLowerCase()).toContain('origin');
    },
  );

  it('may read the answers', async () => {
    const reply = expectStatus(await client.post(`${SERVICE}/request-chat`, { headers: { Origin: ORIGIN } }), 200);
    expect(reply.headers['access-control-allow-origin']).toBe(ORIGIN);
    expect(reply.headers['access-control-allow-credentials']).toBe('true');
  });

  it('may read refusals, whatever their status', async () => {
    const headers = { Origin: ORIGIN };
    const id = await createService(client);
    const replies = [
      await client.post(`${SERVICE}/no-such-service`, { headers }),
      await client.get(chatPath(id, 'send'), { headers }),
      await client.post(chatPath(id, 'refresh'), { headers }),
    ];
    expect(replies.map(({ status }) => status)).toEqual([404, 405, 503]);
    for (const reply of replies) expect(reply.headers['access-control-allow-origin']).toBe(ORIGIN);
  });

  it.each(['http://evil.example', 'http://localhost.evil.example:3000', 'null'])(
    'is not let in when it is not allowed: %s',
    async (origin) => {
      const replies = [
        await client.request('OPTIONS', `${SERVICE}/request-chat`, {
          headers: { Origin: origin, 'Access-Control-Request-Method': 'POST' },
        }),
        await client.post(`${SERVICE}/request-chat`, { headers: { Origin: origin } }),
      ];
      for (const reply of replies) {
        expect(reply.headers).not.toHaveProperty('access-control-allow-origin');
        expect(reply.headers).not.toHaveProperty('access-control-allow-credentials');
      }
    },
  );
});
