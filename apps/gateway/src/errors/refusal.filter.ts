import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { DomainError } from '@app/domain';
import { StoreUnavailableError } from '@app/redis';
import { errorReply, RequestError } from '@app/wire';
import { allowedMethods } from '@app/wire';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '@app/observability';
import { pathOf } from '../http/path.js';
import {
  DOMAIN_REFUSALS,
  FRAMEWORK_REFUSALS,
  type Refusal,
  REQUEST_REFUSALS,
  STORE_UNAVAILABLE,
} from './error-table.js';

interface Answer extends Refusal {
  readonly message: string;
  readonly exception: string;
  readonly allow?: readonly string[];
}

const REFUSALS_BY_STATUS: ReadonlyMap<number, Answer> = new Map(
  Object.entries(FRAMEWORK_REFUSALS).map(([exception, refusal]) => [refusal.status, { ...refusal, exception }]),
);

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** The answer to everything that is not a reply: one place, one log line, nothing of the inside in it. */
@Catch()
export class RefusalFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const answer = this.answerTo(error, request);
    const line = {
      correlationId: request.id,
      method: request.method,
      status: answer.status,
      exception: answer.exception,
    };
    if (answer.status === 500) this.logger.error({ ...line, err: error }, 'request failed');
    else this.logger.info(line, answer.message);
    if (answer.allow !== undefined) void reply.header('allow', answer.allow.join(', '));
    if (answer.retryAfterS !== undefined) void reply.header('retry-after', String(answer.retryAfterS));
    void reply.header('content-type', 'application/json;charset=UTF-8');
    void reply.status(answer.status).send(answer.hasBody ? errorReply(answer.message, answer.exception) : '');
  }

  private answerTo(error: unknown, request: FastifyRequest): Answer {
    if (error instanceof DomainError) {
      return { ...DOMAIN_REFUSALS[error.code], message: error.message, exception: error.code };
    }
    if (error instanceof RequestError) {
      return { ...REQUEST_REFUSALS[error.kind], message: error.message, exception: error.kind };
    }
    if (error instanceof StoreUnavailableError) {
      return { ...STORE_UNAVAILABLE, message: error.message, exception: error.code };
    }
    const framework = FRAMEWORK_REFUSALS[codeOf(error)];
    if (framework !== undefined) return { ...framework, exception: codeOf(error) };
    // Nest hides what Fastify refuses behind exceptions of its own: the status is all that is left of it.
    if (error instanceof HttpException) {
      if (error.getStatus() === 404) return this.nothingHere(request);
      const refusal = REFUSALS_BY_STATUS.get(error.getStatus());
      if (refusal !== undefined) return refusal;
    }
    return {
      status: 500,
      hasBody: true,
      message: 'the server failed to answer; the log names this request',
      exception: 'INTERNAL_ERROR',
    };
  }

  private nothingHere(request: FastifyRequest): Answer {
    const allow = allowedMethods(pathOf(request.url));
    if (allow.length === 0 || allow.includes(request.method)) {
      return { status: 404, hasBody: true, message: 'there is nothing at this path', exception: 'NOT_FOUND' };
    }
    return {
      status: 405,
      hasBody: true,
      message: `${request.method}: expected ${allow.join(' or ')}`,
      exception: 'METHOD_NOT_ALLOWED',
      allow,
    };
  }
}
