import { DomainError } from '@app/domain';
import type { Settings } from '@app/config';
import { type Parameters, type RequestLimits, parseParameters, RequestError } from '@app/wire';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TrustedPeers } from './trusted-peers.js';

/** A request as the v1 operations see it. */
export interface V1Request {
  readonly parameters: Parameters;
  /** Longest message taken, in characters. */
  readonly messageLengthMax: number;
  /** The end user, when a trusted peer names him. */
  readonly user: string | undefined;
  /** The client's own id of this command, from its header. */
  readonly idempotencyKey: string | undefined;
  /** Calls back when the reply has been handed to the connection whole. */
  readonly onReplyWritten: (callback: () => void) => void;
  /** Calls back when the connection closes before the reply was written. */
  readonly onReplyLost: (callback: () => void) => void;
}

/** Longest name of a parameter, in characters. */
const NAME_LENGTH_MAX = 256;
/** Longest user name taken, in characters. */
const USER_LENGTH_MAX = 256;
const KEY = /^[\x21-\x7e]{1,128}$/;

interface QueryHolder {
  readonly raw?: string;
}

/** Reads what all v1 operations share out of an HTTP request. */
export class RequestReader {
  private readonly limits: RequestLimits;
  private readonly peers: TrustedPeers;
  private readonly requiresUser: boolean;
  private readonly messageLengthMax: number;

  constructor(settings: Settings) {
    this.limits = {
      formBytes: settings.formLimitBytes,
      multipartBytes: settings.multipartLimitBytes,
      fields: settings.formFieldsMax,
      nameLength: NAME_LENGTH_MAX,
      valueLength: settings.formLimitBytes,
    };
    this.peers = new TrustedPeers(settings.trustedProxies, settings.allowInsecure);
    this.requiresUser = settings.requireUserOnRest;
    this.messageLengthMax = settings.messageLengthMax;
  }

  read(request: FastifyRequest, reply: FastifyReply): V1Request {
    const body = request.body as Buffer | undefined;
    return {
      parameters: parseParameters({
        query: (request.query as QueryHolder).raw,
        contentType: request.headers['content-type'],
        body,
        limits: this.limits,
      }),
      messageLengthMax: this.messageLengthMax,
      user: this.userOf(request),
      idempotencyKey: this.keyOf(request),
      onReplyWritten: (callback) => {
        reply.raw.once('finish', callback);
      },
      onReplyLost: (callback) => {
        const { raw } = reply;
        raw.once('close', () => {
          if (!raw.writableFinished) callback();
        });
      },
    };
  }

  /** The end user named by a trusted peer. @throws DomainError USER_REQUIRED */
  userOf(request: FastifyRequest): string | undefined {
    const header = request.headers['gms_user'];
    const user =
      typeof header === 'string' && header !== '' && this.peers.includes(request.raw.socket) ? header : undefined;
    if (user !== undefined && user.length > USER_LENGTH_MAX) {
      throw new RequestError(
        'incorrect-value',
        `gms_user: expected at most ${USER_LENGTH_MAX} characters, got ${user.length}`,
      );
    }
    if (user === undefined && this.requiresUser) {
      throw new DomainError(
        'USER_REQUIRED',
        'gms_user: expected the header with the end user from a trusted gateway, got none',
      );
    }
    return user;
  }

  private keyOf(request: FastifyRequest): string | undefined {
    const key = request.headers['idempotency-key'];
    if (key === undefined || key === '') return undefined;
    if (typeof key === 'string' && KEY.test(key)) return key;
    throw new RequestError('incorrect-value', 'Idempotency-Key: expected 1 to 128 printable ASCII characters');
  }
}
