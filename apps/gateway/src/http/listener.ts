import { FastifyAdapter } from '@nestjs/platform-fastify';
import { correlationId } from '@app/observability';
import type { Duplex } from 'node:stream';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Runtime } from '../runtime.js';
import { Cors } from './cors.js';

const NOT_HTTP = '{"message":"the request is not HTTP/1.1","exception":"malformed"}';
const TOO_LARGE = '{"message":"the path and headers are larger than is taken","exception":"too-large"}';

/** The answer to what Node could not read as a request; nothing of ours has seen it. */
const answerRaw = ({ code }: NodeJS.ErrnoException, socket: Duplex): void => {
  if (!socket.writable) return;
  const [status, body] =
    code === 'HPE_HEADER_OVERFLOW' ? ['431 Request Header Fields Too Large', TOO_LARGE] : ['400 Bad Request', NOT_HTTP];
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json;charset=UTF-8\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  );
};

/** Gives Nest an engine that is made here: the one it would make itself costs several times as much for a request. */
const adapt = (instance: FastifyInstance): FastifyAdapter => {
  // Nest middleware is not used; without the mark a middleware runner would look at every request.
  instance.decorate('skipMiddie', true);
  return new FastifyAdapter(instance as unknown as ConstructorParameters<typeof FastifyAdapter>[0]) as FastifyAdapter;
};

/** The HTTP engine of one listener. Bodies are read whole and left as bytes: what they mean is for the wire library. */
const createEngine = ({ settings }: Runtime): FastifyInstance =>
  fastify({
    routerOptions: {
      ignoreTrailingSlash: true,
      ignoreDuplicateSlashes: true,
      maxParamLength: 8_192,
      querystringParser: (raw) => ({ raw }),
    },
    requestIdHeader: false,
    genReqId: ({ headers }) => {
      const header = headers['x-request-id'];
      return correlationId(typeof header === 'string' ? header : undefined);
    },
    bodyLimit: settings.formLimitBytes,
    requestTimeout: settings.requestTimeoutMs,
    http: { headersTimeout: settings.headersTimeoutMs },
    forceCloseConnections: 'idle',
    logger: false,
    exposeHeadRoutes: false,
    clientErrorHandler: answerRaw,
  });

const keepBytes = (_request: FastifyRequest, body: Buffer, done: (error: null, body: Buffer) => void): void => {
  done(null, body);
};

/** Times requests by route, with the label children made once, and notes which replies are out. */
const followReplies = (engine: FastifyInstance, { metrics, reader }: Runtime): void => {
  const histogram = metrics.histogram('parley_http_request_duration_seconds');
  const children = new Map<string, { observe(value: number): void }>();
  engine.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    const key = `${route} ${reply.statusCode}`;
    let child = children.get(key);
    if (child === undefined) {
      child = histogram.labels({ route, status: String(reply.statusCode) });
      children.set(key, child);
    }
    child.observe(reply.elapsedTime / 1000);
    reader.lostReplies.written(reply.raw, request.raw.socket);
    done();
  });
};

/** The public listener's engine: v1 requests, CORS, the headers that all replies share. */
export const createPublicAdapter = (runtime: Runtime): FastifyAdapter => {
  const engine = createEngine(runtime);
  const cors = new Cors(runtime.settings.corsOrigins);
  engine.decorate('requestReader', runtime.reader);
  engine.removeAllContentTypeParsers();
  engine.addContentTypeParser(
    'multipart/form-data',
    { parseAs: 'buffer', bodyLimit: runtime.settings.multipartLimitBytes },
    keepBytes,
  );
  // Those that are named are found at once; what falls to the asterisk is parsed anew each time.
  engine.addContentTypeParser(
    ['application/x-www-form-urlencoded', 'application/json'],
    { parseAs: 'buffer' },
    keepBytes,
  );
  engine.addContentTypeParser('*', { parseAs: 'buffer' }, keepBytes);
  engine.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
    void reply
      .header('content-type', 'application/json;charset=UTF-8')
      .header('pragma', 'no-cache')
      .header('cache-control', 'no-cache, no-store')
      .header('x-request-id', request.id);
    // An empty header says as much as none.
    if (request.headers['content-type'] === '') delete request.raw.headers['content-type'];
    cors.answer(request, reply);
    if (request.method === 'OPTIONS') cors.preflight(reply);
    else done();
  });
  followReplies(engine, runtime);
  return adapt(engine);
};

/** The internal listener's engine. */
export const createInternalAdapter = (runtime: Runtime): FastifyAdapter => adapt(createEngine(runtime));
