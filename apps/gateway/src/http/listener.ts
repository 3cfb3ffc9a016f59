import { FastifyAdapter } from '@nestjs/platform-fastify';
import { correlationId, type Logger } from '@app/observability';
import { errorReply } from '@app/wire';
import type { Duplex } from 'node:stream';
import {
  fastify,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerFactory,
  type HookHandlerDoneFunction,
} from 'fastify';
import type { Runtime } from '../runtime.js';
import { AccessError } from '../errors/access-error.js';
import { answerOf } from '../errors/answer.js';
import { CROSS_SITE_MESSAGE, CrossSite } from './cross-site.js';
import { createHttpServer } from './http-server.js';

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
const createEngine = ({ settings, logger }: Runtime, serverFactory?: FastifyServerFactory): FastifyInstance =>
  fastify({
    ...(serverFactory === undefined ? {} : { serverFactory }),
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
    // What still comes while we drain is served; its connection is closed after it.
    return503OnClosing: false,
    logger: false,
    exposeHeadRoutes: false,
    clientErrorHandler: answerRaw,
    frameworkErrors: (_error, request, reply) => {
      answerUnreadable(logger, request, reply);
    },
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

/** Bodies are taken as they are. Those that are named are found at once; what falls to the asterisk is parsed anew each time. */
const takeBodies = (engine: FastifyInstance, multipartLimitBytes: number): void => {
  engine.removeAllContentTypeParsers();
  engine.addContentTypeParser('multipart/form-data', { parseAs: 'buffer', bodyLimit: multipartLimitBytes }, keepBytes);
  engine.addContentTypeParser(
    ['application/x-www-form-urlencoded', 'application/json'],
    { parseAs: 'buffer' },
    keepBytes,
  );
  engine.addContentTypeParser('*', { parseAs: 'buffer' }, keepBytes);
};

/** The headers that all replies share. */
const answerHeaders = (request: FastifyRequest, reply: FastifyReply): void => {
  void reply
    .header('content-type', 'application/json;charset=UTF-8')
    .header('pragma', 'no-cache')
    .header('cache-control', 'no-cache, no-store')
    .header('x-content-type-options', 'nosniff')
    .header('referrer-policy', 'no-referrer')
    .header('x-request-id', request.id);
  // An empty header says as much as none.
  if (request.headers['content-type'] === '') delete request.raw.headers['content-type'];
};

/** The answer to a path that the router cannot read; hooks and filters never see such a request. */
const answerUnreadable = (logger: Logger, request: FastifyRequest, reply: FastifyReply): void => {
  const exception = 'FST_ERR_BAD_URL';
  const { status, message } = answerOf({ code: exception });
  answerHeaders(request, reply);
  logger.info({ correlationId: request.id, method: request.method, status, exception }, message);
  void reply.status(status).send(errorReply(message, exception));
};

/** Whoever opens the bare address in a browser finds the page of that listener. */
const leadTo = (engine: FastifyInstance, page: string): void => {
  // The router takes `//` for the same, and that nobody types.
  engine.get('/', (request, reply) => {
    if (request.raw.url === '/') void reply.redirect(page);
    else reply.callNotFound();
  });
};

/** The public listener's engine: v1 requests, CORS. */
export const createPublicAdapter = (runtime: Runtime): FastifyAdapter => {
  const { settings, cometd, cors, customers, overload } = runtime;
  const crossSite = new CrossSite(cors);
  const engine = createEngine(runtime, (handler) => createHttpServer(handler, cometd, settings, overload));
  engine.decorate('requestReader', runtime.reader);
  engine.decorateRequest('endUser', undefined);
  takeBodies(engine, settings.multipartLimitBytes);
  engine.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction) => {
    answerHeaders(request, reply);
    void reply.headers(cors.headersFor(request.headers.origin));
    if (request.method === 'OPTIONS') {
      cors.preflight(reply);
      return;
    }
    if (crossSite.refuses(request.method, request.headers)) {
      done(new AccessError(CROSS_SITE_MESSAGE, 'CROSS_SITE'));
      return;
    }
    const user = customers.userOf(request.raw);
    if (!(user instanceof Promise)) {
      request.endUser = user;
      done();
      return;
    }
    user.then((name) => {
      request.endUser = name;
      done();
    }, done);
  });
  leadTo(engine, '/demo');
  followReplies(engine, runtime);
  return adapt(engine);
};

/** The internal listener's engine: no page of another origin has any business there. */
export const createInternalAdapter = (runtime: Runtime): FastifyAdapter => {
  const { settings, agentCometd } = runtime;
  const crossSite = new CrossSite({ allows: () => false });
  const engine = createEngine(runtime, (handler) => createHttpServer(handler, agentCometd, settings));
  engine.decorate('requestReader', runtime.reader);
  // Desktops of agents speak for nobody.
  engine.decorateRequest('endUser', undefined);
  takeBodies(engine, settings.multipartLimitBytes);
  engine.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction) => {
    answerHeaders(request, reply);
    if (crossSite.refuses(request.method, request.headers)) done(new AccessError(CROSS_SITE_MESSAGE, 'CROSS_SITE'));
    else done();
  });
  leadTo(engine, '/desk');
  followReplies(engine, runtime);
  return adapt(engine);
};
