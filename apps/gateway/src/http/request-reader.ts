import { DomainError } from '@app/domain';
import type { Settings } from '@app/config';
import { type Parameters, type RequestLimits, parseParameters } from '@app/wire';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CompiledValidator } from './compiled-validator.js';
import { LostReplies } from './lost-replies.js';
import { RequestHeadersDto } from './request-headers.dto.js';

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
interface QueryHolder {
  readonly raw?: string;
}

/** Reads what all v1 operations share out of an HTTP request. */
export class RequestReader {
  private readonly limits: RequestLimits;
  private readonly requiresUser: boolean;
  private readonly headers = new CompiledValidator(RequestHeadersDto);
  private readonly messageLengthMax: number;
  /** Replies on their way. */
  readonly lostReplies = new LostReplies();

  constructor(settings: Settings) {
    this.limits = {
      formBytes: settings.formLimitBytes,
      multipartBytes: settings.multipartLimitBytes,
      fields: settings.formFieldsMax,
      nameLength: NAME_LENGTH_MAX,
      valueLength: settings.formLimitBytes,
    };
    this.requiresUser = settings.requireUserOnRest;
    this.messageLengthMax = settings.messageLengthMax;
  }

  read(request: FastifyRequest, reply: FastifyReply): V1Request {
    const body = request.body as Buffer | undefined;
    const { user, idempotencyKey } = this.headersOf(request);
    return {
      parameters: parseParameters({
        query: (request.query as QueryHolder).raw,
        contentType: request.headers['content-type'],
        body,
        limits: this.limits,
      }),
      messageLengthMax: this.messageLengthMax,
      user,
      idempotencyKey,
      onReplyWritten: (callback) => {
        reply.raw.once('finish', callback);
      },
      onReplyLost: (callback) => {
        this.lostReplies.expect(reply.raw, callback);
      },
    };
  }

  /** @throws RequestError for a header that is wrong, DomainError USER_REQUIRED */
  private headersOf({ headers, endUser }: FastifyRequest): RequestHeadersDto {
    const key = headers['idempotency-key'];
    const checked = this.headers.check({
      user: endUser,
      idempotencyKey: typeof key === 'string' && key !== '' ? key : undefined,
    });
    if (checked.user === undefined && this.requiresUser) {
      throw new DomainError('USER_REQUIRED', 'gms_user: expected the header with the end user from a trusted gateway');
    }
    return checked;
  }
}
