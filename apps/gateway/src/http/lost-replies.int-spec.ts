import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { LostReplies } from './lost-replies.js';

describe('LostReplies', () => {
  const lost = new LostReplies();
  const replies: ServerResponse[] = [];
  const server = createServer((_, reply) => {
    replies.push(reply);
    server.emit('asked');
  });

  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const ask = async () => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(server, 'asked');
    const reply = replies.at(-1);
    if (reply === undefined) throw new Error('no reply');
    return { socket, reply, peer: reply.req.socket };
  };

  it('tells when the connection closes first', async () => {
    const { socket, reply, peer } = await ask();
    const told = new Promise<string>((resolve) => {
      lost.expect(reply, () => {
        resolve('lost');
      });
    });
    socket.destroy();
    expect(await told).toBe('lost');
    expect(peer.destroyed).toBe(true);
  });

  it('says nothing of a reply that was written, nor of the next one on its connection', async () => {
    const { socket, reply, peer } = await ask();
    const told: string[] = [];
    lost.expect(reply, () => told.push('first'));
    reply.end('done');
    await once(socket, 'data');
    lost.written(reply, peer);
    socket.destroy();
    await once(peer, 'close');
    expect(told).toEqual([]);
  });

  it('tells at once when the connection has closed already', async () => {
    const { socket, reply, peer } = await ask();
    socket.destroy();
    await once(peer, 'close');
    const told: string[] = [];
    lost.expect(reply, () => told.push('lost'));
    expect(told).toEqual(['lost']);
  });
});
