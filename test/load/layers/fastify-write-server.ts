import type { AddressInfo } from 'node:net';
import { fastify } from 'fastify';
import { createWrites, report } from '../bare-process.js';

// The bare write behind Fastify: what the framework alone adds.
const { writes, ids } = await createWrites();

const server = fastify({ logger: false });
server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
  done(null, body);
});
server.post<{ Params: { id: string }; Body: string }>(
  '/genesys/1/service/:id/ixn/chat/refresh',
  async (request, reply) => {
    void reply.header('content-type', 'application/json;charset=UTF-8');
    return writes.write(request.params.id, request.body);
  },
);
await server.listen({ port: 0, host: '127.0.0.1' });
report({ port: (server.server.address() as AddressInfo).port, ids });
