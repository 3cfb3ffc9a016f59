import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { allowedMethods, errorReply } from '@app/wire';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '@app/observability';
import { pathOf } from '../http/path.js';
import { type Answer, answerOf } from './answer.js';

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
    if (answer.status === 401) void reply.header('www-authenticate', 'Bearer');
    if (answer.allow !== undefined) void reply.header('allow', answer.allow.join(', '));
    if (answer.retryAfterS !== undefined) void reply.header('retry-after', String(answer.retryAfterS));
    void reply.header('content-type', 'application/json;charset=UTF-8');
    void reply.status(answer.status).send(answer.hasBody ? errorReply(answer.message, answer.exception) : '');
  }

  private answerTo(error: unknown, request: FastifyRequest): Answer {
    const isNothing = error instanceof HttpException && error.getStatus() === 404 && !('code' in error);
    return isNothing ? this.nothingHere(request) : answerOf(error);
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
