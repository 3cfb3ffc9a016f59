import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RequestReader, V1Request } from './request-reader.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** How this listener reads v1 requests. */
    requestReader: RequestReader;
  }
  interface FastifyRequest {
    /** Who the listener has found the sender to be; undefined where nobody says so. */
    endUser: string | undefined;
  }
}

/** A request for one service. */
export type ServiceHttpRequest = FastifyRequest<{ Params: { id: string } }>;

/** The request as the v1 operations see it: parameters of query and body, end user, idempotency key. */
export const v1RequestOf = (request: FastifyRequest | ServiceHttpRequest, reply: FastifyReply): V1Request =>
  request.server.requestReader.read(request, reply);

/** The same as a parameter of a handler. */
export const V1 = createParamDecorator((_: undefined, context: ExecutionContext): V1Request => {
  const http = context.switchToHttp();
  return v1RequestOf(http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
});
