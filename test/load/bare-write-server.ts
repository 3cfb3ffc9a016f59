import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createWrites, idInPath, report } from './bare-process.js';

// The yardstick of the write benchmark: node:http and ioredis around one call of the append script.
const { writes, ids } = await createWrites();

const server = createServer((request, response) => {
  let form = '';
  request.setEncoding('utf8');
  request.on('data', (part: string) => (form += part));
  request.on('end', () => {
    writes.write(idInPath(request.url ?? ''), form).then(
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
});
server.listen(0, '127.0.0.1', () => {
  report({ port: (server.address() as AddressInfo).port, ids });
});
