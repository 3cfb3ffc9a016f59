import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PageFolder } from './page-folder.js';
import { nameAfter, pagePolicy, sendPage } from './page-reply.js';

export const DEMO_PAGE = Symbol('DemoPage');

/** `/demo`: a customer's application to try things with. */
@Controller('demo')
export class DemoPageController {
  private readonly policy = pagePolicy();

  constructor(@Inject(DEMO_PAGE) private readonly folder: PageFolder) {}

  @Get(['', '*'])
  file(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Buffer {
    return sendPage(this.folder, nameAfter('/demo', request), this.policy, request, reply);
  }
}
