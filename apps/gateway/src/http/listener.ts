import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { Metrics } from '@app/observability';
import { correlationId } from '@app/observability';
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Runtime } from '../runtime.js';
import { Cors } from './cors.js';

const MALFORMED = '{"message":"the request is not HTTP/1.1","exception":"malformed"}';

/** The HTTP engine of one listener. Bodies are read whole and left as bytes: what they mean is for the wire library. */
const createAdapter = ({ settings }: Runtime): FastifyAdapter =>
  new FastifyAdapter({
    routerOptions: {
      ignoreTrailingSlash: true,
      ignoreDuplicateSlashes: true,
      maxParamLength: 8_192,
      querystringParser: (raw: string) => ({ raw }),
    },
    requestIdHeader: false,
    genReqId: (request: { headers: IncomingHttpHeaders }) => {
      const header = request.headers['x-request-id'];
      return correlationId(typeof header === 'string' ? header : undefined);
    },
    bodyLimit: settings.formLimitBytes,
    requestTimeout: settings.requestTimeoutMs,
    http: { headersTimeout: settings.headersTimeoutMs },
    forceCloseConnections: 'idle',
    logger: false,
    exposeHeadRoutes: false,
    clientErrorHandler: (_error, socket) => {
      if (!socket.writable) return;
      socket.end(
        `HTTP/1.1 400 Bad Request\r\nContent-Type: application/json;charset=UTF-8\r\nContent-Length: ${MALFORMED.length}\r\nConnection: close\r\n\r\n${MALFORMED}`,
      );
    },
  });

const keepBytes = (_request: FastifyRequest, body: Buffer, done: (error: null, body: Buffer) => void): void => {
  done(null, body);
};

/** Times requests by route, with the label children made once. */
const timeRequests = (fastify: FastifyInstance, metrics: Metrics): void => {
  const histogram = metrics.histogram('parley_http_request_duration_seconds');
  const children = new Map<string, { observe(value: number): void }>();
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    const key = `${route} ${reply.statusCode}`;
    let child = children.get(key);
    if (child === undefined) {
      child = histogram.labels({ route, status: String(reply.statusCode) });
      children.set(key, child);
    }
    child.observe(reply.elapsedTime / 1000);
    done();
  });
};

/** The public listener's engine: v1 requests, CORS, the headers that all replies share. */
export const createPublicAdapter = (runtime: Runtime): FastifyAdapter => {
  const adapter = createAdapter(runtime);
  const fastify = adapter.getInstance<FastifyInstance>();
  const cors = new Cors(runtime.settings.corsOrigins);
  fastify.decorate('requestReader', runtime.reader);
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    'multipart/form-data',
    { parseAs: 'buffer', bodyLimit: runtime.settings.multipartLimitBytes },
    keepBytes,
  );
  fastify.addContentTypeParser('*', { parseAs: 'buffer' }, keepBytes);
  fastify.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    void reply
      .header('content-type', 'application/json;charset=UTF-8')
      .header('pragma', 'no-cache')
      .header('cache-control', 'no-cache, no-store')
      .header('x-request-id', request.id);
    cors.answer(request, reply);
    if (request.method === 'OPTIONS') cors.preflight(reply);
    else done();
  });
  timeRequests(fastify, runtime.metrics);
  return adapter;
};

/** The internal listener's engine. */
export const createInternalAdapter = (runtime: Runtime): FastifyAdapter => createAdapter(runtime);
