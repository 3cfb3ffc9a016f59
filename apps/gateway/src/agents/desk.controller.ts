import { Controller, Get, HttpCode, Post, Req, UseGuards } from '@nestjs/common';
import type { AgentProfile } from '@app/identity';
import type { FastifyRequest } from 'fastify';
import { AgentDesk, type MeView } from './agent-desk.js';
import { Caller, CallerGuard } from './caller.js';
import { expectNoBody, readBody, readKey } from './command-body.js';
import { NotReadyDto } from './command.dto.js';
import { DeskChoices, type DeskChoicesView } from './desk-choices.js';

/** `/agent/v1/me`: an agent at his desk. */
@Controller('agent/v1')
@UseGuards(CallerGuard)
export class DeskController {
  constructor(
    private readonly desk: AgentDesk,
    private readonly choices: DeskChoices,
  ) {}

  @Get('me')
  me(@Caller() caller: AgentProfile): Promise<MeView> {
    return this.desk.me(caller);
  }

  @Post('me/sign-in')
  @HttpCode(200)
  signIn(@Caller() caller: AgentProfile, @Req() request: FastifyRequest): Promise<MeView> {
    expectNoBody(request);
    return this.desk.signIn(caller, readKey(request));
  }

  @Post('me/sign-out')
  @HttpCode(200)
  signOut(@Caller() caller: AgentProfile, @Req() request: FastifyRequest): Promise<MeView> {
    expectNoBody(request);
    return this.desk.command(caller, { type: 'SignOut' }, readKey(request));
  }

  @Post('me/ready')
  @HttpCode(200)
  ready(@Caller() caller: AgentProfile, @Req() request: FastifyRequest): Promise<MeView> {
    expectNoBody(request);
    return this.desk.command(caller, { type: 'GoReady' }, readKey(request));
  }

  @Post('me/not-ready')
  @HttpCode(200)
  notReady(@Caller() caller: AgentProfile, @Req() request: FastifyRequest): Promise<MeView> {
    const { reason } = readBody(request, NotReadyDto);
    return this.desk.command(caller, { type: 'GoNotReady', reason }, readKey(request));
  }

  @Post('me/heartbeat')
  @HttpCode(200)
  heartbeat(@Caller() caller: AgentProfile): Promise<{ readonly serverTime: string }> {
    return this.desk.heartbeat(caller);
  }

  @Get('desk')
  lists(): Promise<DeskChoicesView> {
    return this.choices.all();
  }
}
