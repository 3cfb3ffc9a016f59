import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RequestReader, V1Request } from './request-reader.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** How this listener reads v1 requests. */
    requestReader: RequestReader;
  }
}

/** The request as the v1 operations see it: parameters of query and body, end user, idempotency key. */
export const V1 = createParamDecorator((_: undefined, context: ExecutionContext): V1Request => {
  const http = context.switchToHttp();
  const request = http.getRequest<FastifyRequest>();
  return request.server.requestReader.read(request, http.getResponse<FastifyReply>());
});
