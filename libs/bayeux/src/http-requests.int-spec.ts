import { connect as connectSocket } from 'node:net';
import { once } from 'node:events';
import { BayeuxLab, CHANNEL, CONNECT, USER } from './testing/bayeux-lab.js';

const HANDSHAKE = { channel: '/meta/handshake', version: '1.0' };
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

describe('Bayeux over HTTP', () => {
  let lab: BayeuxLab;

  beforeEach(async () => {
    lab = await BayeuxLab.start();
  });

  afterEach(async () => {
    expect(lab.failures).toEqual([]);
    await lab.close();
  });

  const successful = [{ channel: '/meta/handshake', successful: true }];

  it('answers JSON that nobody keeps', async () => {
    const { headers, status } = await lab.post(HANDSHAKE);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'application/json;charset=UTF-8',
      'cache-control': 'no-cache, no-store',
      pragma: 'no-cache',
    });
  });

  it.each(['', '/', '/handshake', '//'])('does not mind the suffix %j', async (suffix) => {
    expect((await lab.post(HANDSHAKE, { path: `/genesys/cometd${suffix}` })).messages).toMatchObject(successful);
  });

  it('takes an object, or an array', async () => {
    for (const body of [HANDSHAKE, [HANDSHAKE]]) expect((await lab.post(body)).messages).toMatchObject(successful);
    expect((await lab.post([HANDSHAKE, HANDSHAKE])).messages).toHaveLength(2);
  });

  it.each([
    ['a form', FORM, `message=${encodeURIComponent(JSON.stringify(HANDSHAKE))}`],
    ['a form of an array', FORM, `x=1&message=${encodeURIComponent(JSON.stringify([HANDSHAKE]))}`],
    ['JSON that calls itself a form', FORM, ` ${JSON.stringify(HANDSHAKE)}`],
    ['JSON that calls itself text', { 'Content-Type': 'text/plain' }, JSON.stringify(HANDSHAKE)],
    ['JSON without a charset', { 'Content-Type': 'text/json' }, JSON.stringify([HANDSHAKE])],
    ['JSON with a charset', { 'Content-Type': 'application/json; charset="utf-8"' }, JSON.stringify([HANDSHAKE])],
  ])('takes %s', async (_name, headers, body) => {
    expect((await lab.send(body, { headers })).messages).toMatchObject(successful);
  });

  it('takes several messages of a form for one batch', async () => {
    const message = encodeURIComponent(JSON.stringify(HANDSHAKE));
    const array = encodeURIComponent(JSON.stringify([HANDSHAKE, HANDSHAKE]));
    const { messages } = await lab.send(`message=${message}&message=${array}`, { headers: FORM });
    expect(messages).toHaveLength(3);
  });

  it('takes what a key of a prototype is called for a key like others', async () => {
    const body = '{"__proto__":{"clientId":"x"},"constructor":1,"channel":"/meta/handshake"}';
    expect((await lab.send(body)).messages).toMatchObject(successful);
  });

  describe('refuses', () => {
    const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
    const long = 'x'.repeat(100_000);

    it.each<[name: string, status: number, body: string | Buffer]>([
      ['nothing', 400, ''],
      ['blanks', 400, '  '],
      ['an empty array', 400, '[]'],
      ['null', 400, 'null'],
      ['an array of null', 400, '[null]'],
      ['a number', 400, '17'],
      ['an array of numbers', 400, '[1,2]'],
      ['a string', 400, '"/meta/handshake"'],
      ['an array in an array', 400, '[[{"channel":"/meta/handshake"}]]'],
      ['an object without a channel', 400, '{}'],
      ['a channel that is a number', 400, '{"channel":7}'],
      ['a channel that is null', 400, '{"channel":null}'],
      ['a long channel', 400, `{"channel":"/${'x'.repeat(300)}"}`],
      ['a clientId that is an object', 400, '{"channel":"/meta/connect","clientId":{"a":1}}'],
      ['a long clientId', 400, `{"channel":"/meta/connect","clientId":"${'x'.repeat(129)}"}`],
      ['an id that is an object', 400, '{"channel":"/meta/handshake","id":{}}'],
      ['an id that is no number of JSON', 400, '{"channel":"/meta/handshake","id":1e999}'],
      ['a long id', 400, `{"channel":"/meta/handshake","id":"${'x'.repeat(129)}"}`],
      ['an ext that is an array', 400, '{"channel":"/meta/handshake","ext":[]}'],
      ['an ext that is a string', 400, '{"channel":"/meta/handshake","ext":"ack"}'],
      ['an advice that is a number', 400, '{"channel":"/meta/connect","advice":1}'],
      ['a subscription that is a number', 400, '{"channel":"/meta/subscribe","subscription":1}'],
      ['a subscription to a number', 400, '{"channel":"/meta/subscribe","subscription":["/_genesys",1]}'],
      [
        'connection types that are a string',
        400,
        '{"channel":"/meta/handshake","supportedConnectionTypes":"websocket"}',
      ],
      ['an acknowledgement of 1e300', 400, '{"channel":"/meta/connect","ext":{"ack":1e300}}'],
      ['an acknowledgement of a half', 400, '{"channel":"/meta/connect","ext":{"ack":0.5}}'],
      ['broken JSON', 400, '[{"channel":"/meta/handshake"'],
      ['33 levels', 400, nested(33)],
      ['30,000 levels', 400, nested(30_000)],
      ['30,000 open levels', 400, '['.repeat(30_000)],
      ['bytes that are no UTF-8', 400, Buffer.from([0x7b, 0xc0, 0xaf, 0x7d])],
      ['65 messages', 413, JSON.stringify(new Array(65).fill(HANDSHAKE))],
      ['10,000 small messages', 413, JSON.stringify(new Array(10_000).fill({}))],
      ['10,000 handshakes', 413, JSON.stringify(new Array(10_000).fill(HANDSHAKE))],
      ['a channel of 100 kB', 413, `{"channel":"${long}"}`],
      ['2 MB', 413, `{"channel":"${long.repeat(20)}"}`],
    ])('%s, with %i', async (_name, status, body) => {
      const startMs = performance.now();
      const reply = await lab.send(body);
      expect(performance.now() - startMs).toBeLessThan(2_000);
      expect(reply.status).toBe(status);
      expect(JSON.parse(reply.text)).toEqual({
        message: expect.any(String) as string,
        exception: status === 400 ? 'malformed' : 'too-large',
      });
      expect((await lab.post(HANDSHAKE)).messages).toMatchObject(successful);
    });

    it('a body without a length, as soon as it is too large', async () => {
      const socket = connectSocket(lab.port, '127.0.0.1');
      socket.write(
        `POST /genesys/cometd HTTP/1.1\r\nHost: x\r\ngms_user: ${USER}\r\nTransfer-Encoding: chunked\r\n\r\n`,
      );
      const chunk = `8000\r\n${' '.repeat(0x8000)}\r\n`;
      socket.write(chunk.repeat(3));
      const [answer] = (await once(socket, 'data')) as [Buffer];
      expect(answer.toString()).toMatch(/^HTTP\/1\.1 413 /);
      socket.destroy();
    });

    it('nobody who goes away in the middle of a body', async () => {
      const socket = connectSocket(lab.port, '127.0.0.1');
      socket.write('POST /genesys/cometd HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{');
      await once(socket, 'connect');
      socket.destroy();
      expect((await lab.post(HANDSHAKE)).messages).toMatchObject(successful);
    });

    it.each(['application/xml', 'multipart/form-data', 'application/json;charset=utf-16', 'nonsense'])(
      'the type %s, with 415',
      async (type) => {
        const reply = await lab.send(JSON.stringify(HANDSHAKE), { headers: { 'Content-Type': type } });
        expect(reply.status).toBe(415);
      },
    );

    it.each(['', 'x=1', 'message=%zz', 'message=', 'message=1&message=2'])('the form %j, with 400', async (body) => {
      expect((await lab.send(body, { headers: FORM })).status).toBe(400);
    });

    it.each(['PUT', 'DELETE', 'PATCH', 'TRACE'])('%s, with 405', async (method) => {
      const reply = await lab.send(undefined, { method });
      expect(reply.status).toBe(405);
      expect(reply.headers['allow']).toBe('GET, POST');
    });
  });

  describe('callback-polling', () => {
    const path = (functionName: string, messages: unknown): string =>
      `/genesys/cometd?jsonp=${encodeURIComponent(functionName)}&message=${encodeURIComponent(JSON.stringify(messages))}`;
    const get = (url: string) => lab.send(undefined, { method: 'GET', path: url });

    it.each(['callback', 'org.cometd.callback_1', '$', '_x$1'])('hands the answer to %s', async (functionName) => {
      const { status, headers, text } = await get(path(functionName, [HANDSHAKE]));
      expect(status).toBe(200);
      expect(headers).toMatchObject({
        'content-type': 'text/javascript;charset=UTF-8',
        'x-content-type-options': 'nosniff',
        'cache-control': 'no-cache, no-store',
      });
      expect(text.startsWith(`/**/${functionName}([{"channel":"/meta/handshake","successful":true`)).toBe(true);
      expect(text.endsWith(');')).toBe(true);
    });

    it('brings events, safe in a script', async () => {
      const clientId = await lab.subscriber();
      const reply = get(path('f', lab.connect(clientId, { connectionType: 'callback-polling' })));
      await lab.until('a connect to be held', () => lab.server.heldConnects === 1);
      lab.deliver('a\u2028b\u2029c');
      const { text } = await reply;
      expect(text).toContain('a\\u2028b\\u2029c');
      expect(JSON.parse(text.slice('/**/f('.length, -2))).toEqual([
        { channel: CHANNEL, data: 'a\u2028b\u2029c' },
        { channel: CONNECT, successful: true },
      ]);
    });

    it.each(['', '1x', 'alert(1)', 'a;b', 'a b', '<script>', 'a\nb', 'é', 'x'.repeat(129), 'a[0]'])(
      'refuses the function name %j',
      async (functionName) => {
        const { status, headers } = await get(path(functionName, [HANDSHAKE]));
        expect(status).toBe(400);
        expect(headers['content-type']).toBe('application/json;charset=UTF-8');
      },
    );

    it.each([
      '',
      '?jsonp=f',
      '?message=[]',
      '?jsonp=f&message=[]',
      '?jsonp=f&jsonp=g&message=[]',
      '?jsonp=f&message=%',
    ])('refuses the query %j', async (query) => {
      expect((await get(`/genesys/cometd${query}`)).status).toBe(400);
    });

    it('can be switched off', async () => {
      const other = await BayeuxLab.start({ connectionTypes: ['long-polling', 'websocket'] });
      const reply = await other.send(undefined, { method: 'GET', path: path('f', [HANDSHAKE]) });
      expect(reply.status).toBe(405);
      expect(reply.headers['allow']).toBe('POST');
      await other.close();
    });
  });
});

describe('Bayeux over HTTP, when the engine fails', () => {
  it('answers 503 and says when to come again', async () => {
    const lab = await BayeuxLab.start();
    const clientId = await lab.subscriber();
    const failure = new Error('the store is away');
    lab.engine.connect = () => Promise.reject(failure);
    const { status, headers, text } = await lab.post(lab.connect(clientId));
    expect({ status, text, retryAfter: headers['retry-after'] }).toEqual({ status: 503, text: '', retryAfter: '1' });
    expect(lab.failures).toEqual([failure]);
    expect(lab.server.heldConnects).toBe(0);
    lab.engine.subscribe = () => Promise.reject(failure);
    lab.engine.handshake = () => Promise.reject(failure);
    const subscribe = { channel: '/meta/subscribe', clientId, subscription: CHANNEL };
    for (const message of [subscribe, HANDSHAKE]) expect((await lab.post(message)).status).toBe(503);
    await lab.close();
  });
});
