import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { BayeuxLab, CHANNEL, CONNECT } from './testing/bayeux-lab.js';

const HANDSHAKE = { channel: '/meta/handshake', version: '1.0' };

describe('Bayeux over a websocket', () => {
  let lab: BayeuxLab;

  beforeEach(async () => {
    lab = await BayeuxLab.start();
  });

  afterEach(async () => {
    expect(lab.failures).toEqual([]);
    await lab.close();
  });

  const connect = (clientId: string, more = {}) => lab.connect(clientId, { connectionType: 'websocket', ...more });
  const held = (count: number) => lab.until(`${count} held connects`, () => lab.server.heldConnects === count);

  it('answers arrays to objects and arrays', async () => {
    const socket = await lab.open();
    socket.send(HANDSHAKE);
    expect(await socket.next()).toMatchObject([
      { successful: true, supportedConnectionTypes: expect.anything() as unknown },
    ]);
    socket.send([HANDSHAKE, { ...HANDSHAKE, id: 2 }]);
    expect(await socket.next()).toMatchObject([{ successful: true }, { successful: true, id: 2 }]);
    // What the client of faye sends to find out whether its socket lives.
    socket.send([]);
    expect(await socket.next()).toEqual([]);
  });

  it.each([
    ['with acknowledgement', { ext: { ack: 0 } }, { ext: { ack: 1 } }],
    ['without', {}, {}],
  ])('sends events in the answer to a connect only, %s', async (_name, more, expected) => {
    const clientId = await lab.subscriber();
    const socket = await lab.open();
    lab.deliver('one');
    expect(await socket.ask({ channel: '/meta/subscribe', clientId, subscription: CHANNEL })).toMatchObject({
      channel: '/meta/subscribe',
    });
    socket.send(connect(clientId, more));
    expect(await socket.next()).toMatchObject([{ data: 'one' }, { channel: CONNECT, successful: true, ...expected }]);
    socket.send(connect(clientId, 'ext' in more ? { ext: { ack: 1 } } : {}));
    await held(1);
    lab.deliver('two');
    expect(await socket.next()).toMatchObject([{ data: 'two' }, { channel: CONNECT }]);
  });

  it('answers others while a connect is held', async () => {
    const clientId = await lab.subscriber();
    const socket = await lab.open();
    socket.send(connect(clientId, { id: 'held' }));
    await held(1);
    socket.send({ channel: '/meta/unsubscribe', clientId, subscription: CHANNEL, id: 'u' });
    expect(await socket.next()).toMatchObject([{ id: 'u' }]);
    socket.send({ channel: '/meta/disconnect', clientId, id: 'd' });
    const frames = [await socket.next(), await socket.next()];
    expect(
      frames
        .flat()
        .map(({ id }) => id)
        .sort(),
    ).toEqual(['d', 'held']);
  });

  it('answers frames in their order', async () => {
    const socket = await lab.open();
    for (let id = 0; id < 20; id += 1) {
      socket.send({ ...HANDSHAKE, id, supportedConnectionTypes: id % 2 ? ['x'] : ['websocket'] });
    }
    const ids = [];
    for (let id = 0; id < 20; id += 1) ids.push(...(await socket.next()).map((reply) => reply['id']));
    expect(ids).toEqual(Array.from({ length: 20 }, (_, id) => id));
  });

  it('loses nothing when the socket of a held connect closes', async () => {
    const clientId = await lab.subscriber();
    const socket = await lab.open();
    socket.send(connect(clientId));
    await held(1);
    socket.socket.terminate();
    await held(0);
    lab.deliver('one');
    const again = await lab.open();
    again.send(connect(clientId));
    expect(await again.next()).toMatchObject([{ data: 'one' }, { successful: true }]);
  });

  it('gives whoever knows the id of a client nothing', async () => {
    const clientId = await lab.subscriber();
    const thief = await lab.open('Mallory');
    expect(await thief.ask(connect(clientId))).toMatchObject({ successful: false, error: '402::Unknown client' });
    const nobody = await lab.open(null);
    expect(await nobody.ask(connect(clientId))).toMatchObject({ successful: false, error: '402::Unknown client' });
  });

  it.each([
    ['no JSON', '{', 1008],
    ['null', 'null', 1008],
    ['a message without a channel', '[{}]', 1008],
    ['a deep message', '['.repeat(40), 1008],
    ['65 messages', JSON.stringify(new Array(65).fill(HANDSHAKE)), 1008],
    ['a large frame', ' '.repeat(70_000), 1009],
    ['bytes', Buffer.from([1, 2, 3]), 1003],
  ])('is closed for %s', async (_name, frame, code) => {
    const { socket, closed } = await lab.open();
    socket.send(frame);
    expect((await closed).code).toBe(code);
  });

  it('is closed when more connects are under way than a client can mean', async () => {
    const { socket, closed } = await lab.open();
    const clientId = await lab.subscriber();
    lab.engine.connect = () => new Promise(() => undefined);
    for (let count = 0; count < 100; count += 1) socket.send(JSON.stringify(connect(clientId)));
    expect((await closed).code).toBe(1008);
  });

  it('is asked whether it lives, and closed when it does not answer', async () => {
    const alive = await lab.open();
    const dead = await lab.open();
    dead.socket.pause();
    await lab.until('both sockets', () => lab.server.openWebSockets === 2);
    lab.time.advance(30_000);
    await once(alive.socket, 'ping');
    // Its pong has arrived when what was sent after it is answered.
    await alive.ask(HANDSHAKE);
    lab.time.advance(30_000);
    await lab.until('the dead one to be closed', () => lab.server.openWebSockets === 1);
    expect(await alive.ask(HANDSHAKE)).toMatchObject({ successful: true });
    alive.socket.terminate();
    await lab.until('no socket', () => lab.server.openWebSockets === 0);
    expect(lab.time.running).toBe(0);
  });

  it('of a client that does not read is closed, and what it was owed comes again', async () => {
    const other = await BayeuxLab.start({ bufferedBytes: 100_000 });
    const clientId = await other.subscriber({ ext: { ack: true } });
    const { socket, closed } = await other.open();
    socket.pause();
    other.deliver('x'.repeat(5_000_000));
    for (let count = 0; count < 20; count += 1) socket.send(JSON.stringify(connect(clientId, { ext: { ack: 0 } })));
    await other.until('the socket to be closed', () => other.server.openWebSockets === 0);
    socket.resume();
    expect((await closed).code).toBe(1006);
    const { messages } = await other.post(connect(clientId, { ext: { ack: 0 } }));
    expect(messages).toMatchObject([{ channel: CHANNEL }, { ext: { ack: 1 } }]);
    await other.close();
  });

  it('is answered and closed when the gateway drains; new ones are refused', async () => {
    const clientId = await lab.subscriber();
    const idle = await lab.open();
    const socket = await lab.open();
    socket.send(connect(clientId));
    await held(1);
    const drained = lab.server.drain();
    expect(await socket.next()).toEqual([
      { channel: CONNECT, successful: true, advice: { interval: 1_000, reconnect: 'retry', timeout: 60_000 } },
    ]);
    expect((await socket.closed).code).toBe(1001);
    expect((await idle.closed).code).toBe(1001);
    await drained;
    await expect(lab.open()).rejects.toThrow('503');
  });

  it('is told to try again when the engine fails', async () => {
    const other = await BayeuxLab.start();
    const clientId = await other.subscriber();
    other.engine.connect = () => Promise.reject(new Error('the store is away'));
    const socket = await other.open();
    expect(await socket.ask(connect(clientId, { id: 3 }))).toEqual({
      id: 3,
      channel: CONNECT,
      successful: false,
      error: '503::Try again',
      advice: { interval: 1_000, reconnect: 'retry' },
    });
    expect(other.failures).toHaveLength(1);
    await other.close();
  });

  describe('is opened', () => {
    it('by pages of allowed origins only', async () => {
      const other = await BayeuxLab.start({
        isOriginAllowed: (origin) => origin === undefined || origin === 'https://good',
      });
      await other.open();
      await other.open(undefined, { Origin: 'https://good' });
      await expect(other.open(undefined, { Origin: 'https://evil' })).rejects.toThrow('403');
      await other.close();
    });

    it('by no page at all unless somebody allows its origin', async () => {
      await expect(lab.open(undefined, { Origin: 'http://127.0.0.1' })).rejects.toThrow('403');
    });

    it('only where it is served', async () => {
      const other = await BayeuxLab.start({ connectionTypes: ['long-polling'] });
      await expect(other.open()).rejects.toThrow('404');
      await other.close();
    });

    it('not by what is no websocket request', async () => {
      const socket = connectSocket(lab.port, '127.0.0.1');
      socket.write('GET // HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      const [answer] = (await once(socket, 'data')) as [Buffer];
      expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 /);
      socket.destroy();
      expect(await lab.ask(HANDSHAKE)).toMatchObject({ successful: true });
    });
  });
});
