import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { PageFolder } from './page-folder.js';
import { nameAfter, pagePolicy, sendPage } from './page-reply.js';

/** The desk's files, and where its users may sign in besides. */
export interface DeskPage {
  readonly folder: PageFolder;
  /** The identity provider; undefined where there is none. */
  readonly oidc: { readonly authority: string; readonly clientId: string } | undefined;
}
export const DESK_PAGE = Symbol('DeskPage');

/** `/desk`: the agents' page. */
@Controller('desk')
export class DeskPageController {
  private readonly policy: string;

  constructor(@Inject(DESK_PAGE) private readonly page: DeskPage) {
    this.policy = pagePolicy({ connect: page.oidc === undefined ? [] : [new URL(page.oidc.authority).origin] });
  }

  @Get('config.json')
  config(): string {
    return JSON.stringify(this.page.oidc === undefined ? {} : { oidc: this.page.oidc });
  }

  @Get(['', '*'])
  file(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Buffer {
    return sendPage(this.page.folder, nameAfter('/desk', request), this.policy, request, reply);
  }
}
