import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connectRedis, idInPath, report } from '../bare-process.js';

// The yardstick of the replay benchmark: XRANGE through ioredis of streams that hold the wire lines and nothing else, one
// in the single field of each entry, put together into the reply.
const redis = await connectRedis();
const prefix = process.env['KEY_PREFIX'] ?? '';

const replay = async (id: string): Promise<string> => {
  const entries = await redis.xrange(`${prefix}:${id}`, '-', '+');
  const lines = entries.map(([, fields]) => fields[1]);
  return `{"chatIxnState":"TRANSCRIPT","chatSessionId":"0123456789ABCDEF","transcriptPosition":"${lines.length + 1}","chatServiceMessage":"Chat service is available","transcriptToShow":[${lines.join(',')}],"startedAt":"2026-01-01T00:00:00Z"}`;
};

const server = createServer((request, response) => {
  request.resume();
  replay(idInPath(request.url ?? '')).then(
    (body) => {
      response.writeHead(200, {
        'Content-Type': 'application/json;charset=UTF-8',
        'Content-Length': Buffer.byteLength(body),
      });
      response.end(body);
    },
    () => response.writeHead(500, { 'Content-Length': 0 }).end(),
  );
});
server.listen(0, '127.0.0.1', () => {
  report({ port: (server.address() as AddressInfo).port, ids: [] });
});
