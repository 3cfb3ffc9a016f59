import { Controller, Get, Req, UseGuards } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { CallerGuard, LeastRole } from './caller.js';
import { readLimit, readQuery } from './chat-page.js';
import { type LiveChat, type QueueView, type SeatView, Supervision } from './supervision.js';

/** `/agent/v1/supervision`: live chats, queues and agents. */
@Controller('agent/v1/supervision')
@UseGuards(CallerGuard)
@LeastRole('supervisor')
export class SupervisionController {
  constructor(private readonly supervision: Supervision) {}

  @Get('chats')
  chats(@Req() request: FastifyRequest): Promise<{ readonly chats: readonly LiveChat[]; readonly hasMore: boolean }> {
    return this.supervision.chats(readLimit(readQuery(request)));
  }

  @Get('queues')
  async queues(): Promise<{ readonly queues: readonly QueueView[] }> {
    return { queues: await this.supervision.queues() };
  }

  @Get('agents')
  async agents(): Promise<{ readonly agents: readonly SeatView[] }> {
    return { agents: await this.supervision.agents() };
  }
}
