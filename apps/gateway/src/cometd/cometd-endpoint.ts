import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { type BayeuxEngine, type BayeuxPeer, BayeuxServer, type ConnectionType, DEFAULT_LIMITS } from '@app/bayeux';
import type { Settings } from '@app/config';
import { correlationId, type Logger } from '@app/observability';
import { StoreUnavailableError } from '@app/redis';
import { errorReply } from '@app/wire';
import { AccessError } from '../errors/access-error.js';
import { answerOf } from '../errors/answer.js';
import type { Cors } from '../http/cors.js';
import { CROSS_SITE_MESSAGE, CrossSite } from '../http/cross-site.js';
import type { HeldRequests } from '../http/http-server.js';
import { pathOf } from '../http/path.js';
import type { TrustedPeers } from '../http/trusted-peers.js';
import { HandshakeRate } from './handshake-rate.js';

/** What differs between the endpoints of customers and of agents. */
export interface CometdDoor {
  /** Where it is; clients append the name of a lone meta channel to it: `/handshake`, `/connect`, … */
  readonly path: string;
  readonly connectionTypes: readonly ConnectionType[];
  /**
   * Says for which user a request speaks; undefined for none.
   * @throws IdentityError when he has to prove it and does not
   */
  readonly userOf: (request: IncomingMessage) => string | undefined | Promise<string | undefined>;
}

export interface CometdEndpointOptions {
  readonly engine: BayeuxEngine;
  readonly door: CometdDoor;
  readonly peers: TrustedPeers;
  readonly cors: Cors;
  readonly settings: Settings;
  readonly logger: Logger;
}

/** Bayeux on a listener: who asks, from where, and what the logs say of it. */
export class CometdEndpoint implements HeldRequests {
  private readonly server: BayeuxServer;
  private readonly path: RegExp;
  private readonly crossSite: CrossSite;

  constructor(private readonly options: CometdEndpointOptions) {
    const { engine, door, cors, settings } = options;
    this.path = new RegExp(`^${door.path}(?:/[A-Za-z]{0,32})?$`);
    this.crossSite = new CrossSite(cors);
    const handshakes = new HandshakeRate(settings.cometHandshakesPerSecond);
    this.server = new BayeuxServer({
      engine,
      connectionTypes: door.connectionTypes,
      userPolicy: settings.cometUserPolicy,
      holdMs: settings.cometHoldMs,
      // Longer than a connect is held, or clients would give up just when the answer comes.
      adviceTimeoutMs: settings.cometHoldMs + 5_000,
      heldPerUser: settings.cometHeldPerUser,
      supersededStatus: settings.cometSupersededStatus,
      limits: {
        ...{ ...DEFAULT_LIMITS, bodyBytes: settings.cometBodyLimitBytes },
        ...{ messages: settings.cometBatchMax, depth: settings.cometDepthMax },
      },
      isOriginAllowed: (origin, host) =>
        origin === undefined || cors.allows(origin) || origin.replace(/^https?:\/\//, '') === host,
      mayShakeHands: ({ address }) => handshakes.take(address),
      onFailure: this.complain,
    });
  }

  get heldConnects(): number {
    return this.server.heldConnects;
  }

  get openWebSockets(): number {
    return this.server.openWebSockets;
  }

  takes({ url = '/', method }: IncomingMessage): boolean {
    return url.includes('cometd') && method !== 'OPTIONS' && this.path.test(pathOf(url));
  }

  readonly answer = (request: IncomingMessage, response: ServerResponse): void => {
    const { origin, 'x-request-id': id } = request.headers;
    response.setHeader('x-request-id', correlationId(typeof id === 'string' ? id : undefined));
    response.setHeader('x-content-type-options', 'nosniff');
    const cors = this.options.cors.headersFor(origin);
    for (const name in cors) response.setHeader(name, cors[name] ?? '');
    // What JSON-P is for is being called by others; where that is no good, COMET_JSONP switches it off.
    if (request.method !== 'GET' && this.crossSite.refuses(request.method, request.headers)) {
      this.refuse(request, response, new AccessError(CROSS_SITE_MESSAGE, 'CROSS_SITE'));
      return;
    }
    const user = this.options.door.userOf(request);
    if (!(user instanceof Promise)) {
      this.server.handleHttp(request, response, { peer: this.peerOf(request, user) });
      return;
    }
    user.then(
      (name) => {
        this.server.handleHttp(request, response, { peer: this.peerOf(request, name) });
      },
      (error: unknown) => {
        this.refuse(request, response, error);
      },
    );
  };

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const take = (user: string | undefined): void => {
      this.server.handleUpgrade(request, socket, head, this.peerOf(request, user));
    };
    const user = this.options.door.userOf(request);
    if (!(user instanceof Promise)) {
      take(user);
      return;
    }
    // While somebody asks who it is, the connection may break.
    const onError = (): unknown => socket.destroy();
    socket.on('error', onError);
    user.then(
      (name) => {
        socket.off('error', onError);
        take(name);
      },
      (error: unknown) => {
        const { status, exception, message } = answerOf(error);
        this.options.logger.info({ status, exception }, message);
        socket.end(
          `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
        );
      },
    );
  }

  /** Answers what is held and takes leave of websockets; resolves when nothing is left. */
  drain(): Promise<void> {
    return this.server.drain();
  }

  /** Takes back a drain. */
  resume(): void {
    this.server.resume();
  }

  /** Ends websockets that did not take leave. */
  close(): void {
    this.server.close();
  }

  private peerOf({ headers, socket }: IncomingMessage, user: string | undefined): BayeuxPeer {
    const { 'x-forwarded-for': forwardedFor } = headers;
    const { peers } = this.options;
    return {
      user,
      // Handshakes alone want to know it.
      get address() {
        return peers.addressOf(socket, typeof forwardedFor === 'string' ? forwardedFor : undefined);
      },
    };
  }

  private refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
    const { status, message, exception, retryAfterS } = answerOf(error);
    if (status === 500) this.complain(error);
    else this.options.logger.info({ status, exception }, message);
    if (status === 401) response.setHeader('www-authenticate', 'Bearer');
    if (retryAfterS !== undefined) response.setHeader('retry-after', String(retryAfterS));
    response.writeHead(status, { 'content-type': 'application/json;charset=UTF-8', 'cache-control': 'no-store' });
    response.end(errorReply(message, exception));
    request.resume();
  }

  private readonly complain = (error: unknown): void => {
    const { logger } = this.options;
    if (error instanceof StoreUnavailableError) logger.info({ exception: error.code }, error.message);
    else logger.error({ err: error }, 'a Bayeux request failed');
  };
}
