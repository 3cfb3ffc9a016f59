import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { ChoiceProxy } from './choice-proxy.js';
import { HttpClient } from './http.js';
import { freePorts } from './ports.js';

/** A server behind the proxy that says who it is, and what it was asked. */
class Gateway {
  readonly requests: IncomingMessage[] = [];
  /** Requests to `/hold` that have neither been answered nor given up. */
  held = 0;
  private readonly sockets: WebSocketServer;

  private constructor(
    private readonly server: Server,
    name: string,
  ) {
    this.sockets = new WebSocketServer({ server });
    this.sockets.on('connection', (socket, upgrade) => {
      this.requests.push(upgrade);
      socket.on('message', (data: Buffer) => {
        socket.send(`${name} ${data.toString()}`);
      });
    });
    server.on('request', (incoming: IncomingMessage, response) => {
      this.requests.push(incoming);
      if (incoming.url === '/hold') {
        this.held += 1;
        response.on('close', () => (this.held -= 1));
      } else if (incoming.url === '/die') incoming.socket.destroy();
      else {
        const text = `${name} ${incoming.method} ${incoming.url}`;
        response.writeHead(201, { 'X-Name': name, 'Content-Length': String(text.length) }).end(text);
      }
    });
  }

  static async start(name: string): Promise<Gateway> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Gateway(server, name);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    for (const socket of this.sockets.clients) socket.terminate();
    this.server.close();
    this.server.closeAllConnections();
  }
}

describe('a choice proxy before two gateways', () => {
  let gateways: readonly [Gateway, Gateway];
  let proxy: ChoiceProxy;
  let client: HttpClient;

  beforeEach(async () => {
    gateways = [await Gateway.start('A'), await Gateway.start('B')];
    proxy = await ChoiceProxy.start({ seed: 7, targets: gateways.map(({ url }) => url) });
    client = new HttpClient(proxy.url);
  });

  afterEach(async () => {
    client.close();
    await proxy.close();
    for (const gateway of gateways) gateway.close();
  });

  const until = async (isThere: () => boolean): Promise<void> => {
    while (!isThere()) await new Promise((resolve) => setImmediate(resolve));
  };

  const openSocket = async (path = '/as/Ann/socket'): Promise<WebSocket> => {
    const socket = new WebSocket(proxy.url.replace('http', 'ws') + path);
    await once(socket, 'open');
    return socket;
  };

  it('gives requests to both, with what they are and back with what they were answered', async () => {
    const names = new Set<string>();
    for (let turn = 0; turn < 20; turn += 1) {
      const reply = await client.post('/path?query=1', { form: { turn: String(turn) } });
      expect(reply).toMatchObject({ status: 201, text: `${reply.text.slice(0, 1)} POST /path?query=1` });
      expect(reply.headers['x-name']).toBe(reply.text.slice(0, 1));
      names.add(reply.text.slice(0, 1));
    }
    expect([...names].sort()).toEqual(['A', 'B']);
  });

  it('names the user of a path, on requests and on websockets', async () => {
    expect((await client.get('/as/Ann%20B/path')).text).toMatch(/^[AB] GET \/path$/);
    const socket = await openSocket();
    socket.send('hello');
    const [data] = (await once(socket, 'message')) as [Buffer];
    expect(data.toString()).toMatch(/^[AB] hello$/);
    const asked = gateways.flatMap(({ requests }) => requests);
    expect(asked.map(({ url, headers }) => [url, headers['gms_user']])).toEqual(
      expect.arrayContaining([
        ['/path', 'Ann B'],
        ['/socket', 'Ann'],
      ]),
    );
    socket.terminate();
  });

  it('goes to the other gateway when one does not listen', async () => {
    gateways[0].close();
    for (let turn = 0; turn < 10; turn += 1) expect((await client.get('/')).text).toBe('B GET /');
    const socket = await openSocket();
    socket.terminate();
    expect(proxy.counters.retried).toBeGreaterThan(0);
    expect(proxy.counters.failed).toBe(0);
  });

  it('fails when no gateway listens, and asks nobody twice who may have heard', async () => {
    const died = await client.get('/die').catch(() => 'reset' as const);
    expect(died === 'reset' || died.status === 502).toBe(true);
    expect(gateways.flatMap(({ requests }) => requests)).toHaveLength(1);
    const [port = 0] = await freePorts(1);
    for (const { url } of gateways) proxy.removeTarget(url);
    proxy.addTarget(`http://127.0.0.1:${port}`);
    const reply = await client.get('/').catch(() => 'reset' as const);
    expect(reply === 'reset' || reply.status === 502).toBe(true);
    expect(proxy.counters.failed).toBe(2);
  });

  it('tells the gateway that a client went', async () => {
    const outgoing = request(`${proxy.url}/hold`);
    outgoing.on('error', () => undefined);
    outgoing.end();
    const held = (): number => gateways[0].held + gateways[1].held;
    await until(() => held() === 1);
    outgoing.destroy();
    await until(() => held() === 0);
  });

  it('destroys replies that the gateway has written', async () => {
    proxy.lostShare = 1;
    for (let turn = 1; turn <= 5; turn += 1) {
      await expect(client.get('/')).rejects.toThrow();
      expect(gateways[0].requests.length + gateways[1].requests.length).toBe(turn);
    }
    const socket = new WebSocket(proxy.url.replace('http', 'ws'));
    socket.on('error', () => undefined);
    await new Promise((resolve) => socket.on('close', resolve));
    expect(proxy.counters.lost).toBe(6);
  });

  it('lets nothing of a frozen user through, and what was stuck once he thaws', async () => {
    const socket = await openSocket();
    proxy.freeze('Ann');
    const reply = client.get('/as/Ann/late');
    const message = once(socket, 'message');
    socket.send('late');
    expect((await client.get('/as/Bob/now')).status).toBe(201);
    expect(gateways.flatMap(({ requests }) => requests).some(({ url }) => url === '/late')).toBe(false);
    proxy.thaw('Ann');
    expect((await reply).text).toMatch(/late$/);
    const [data] = (await message) as [Buffer];
    expect(data.toString()).toMatch(/late$/);
    socket.terminate();
  });

  it('can end what was stuck instead', async () => {
    const socket = await openSocket();
    const reply = client.get('/as/Ann/hold');
    await until(() => gateways[0].held + gateways[1].held === 1);
    proxy.freeze('Ann');
    const closed = once(socket, 'close');
    proxy.thaw('Ann', { cut: true });
    await expect(reply).rejects.toThrow();
    await closed;
    await until(() => gateways[0].held + gateways[1].held === 0);
  });
});
