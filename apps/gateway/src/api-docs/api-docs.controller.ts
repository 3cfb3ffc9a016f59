import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { nameAfter, pagePolicy, sendPage } from '../pages/page-reply.js';
import { ApiDocs } from './api-docs.js';

/** `/openapi.json`, `/asyncapi.json`, and `/docs` to browse. */
@Controller()
export class ApiDocsController {
  /** The browser of the document sets styles of its own. */
  private readonly policy = pagePolicy({ style: ["'unsafe-inline'"] });

  constructor(private readonly docs: ApiDocs) {}

  @Get('openapi.json')
  openapi(): string {
    return JSON.stringify(this.docs.openapi);
  }

  @Get('asyncapi.json')
  asyncapi(): string {
    return JSON.stringify(this.docs.asyncapi);
  }

  @Get(['docs', 'docs/*'])
  page(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Buffer {
    return sendPage(this.docs.page, nameAfter('/docs', request), this.policy, request, reply);
  }
}
