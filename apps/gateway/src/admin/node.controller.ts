import { Controller, Get, Header, HttpCode, NotFoundException, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { NodeStatus } from './node-status.js';

/** `/genesys/1/admin/node/…` of the internal listener: for balancers and scripts that know it. */
@Controller('genesys/1/admin/node')
export class NodeController {
  constructor(private readonly node: NodeStatus) {}

  @Get('status')
  @Header('content-type', 'text/plain;charset=UTF-8')
  status(): string {
    return this.node.state;
  }

  @Post('status')
  @HttpCode(200)
  @Header('content-type', 'text/plain;charset=UTF-8')
  statusByPost(): string {
    return this.node.state;
  }

  @Get('changestatus/:state')
  @Header('content-type', 'text/plain;charset=UTF-8')
  change(@Param('state') state: string, @Req() request: FastifyRequest): string {
    if (state !== 'ONLINE' && state !== 'OFFLINE') throw new NotFoundException();
    this.node.change(state, request.ip);
    return this.node.state;
  }

  @Post('changestatus/:state')
  @HttpCode(200)
  @Header('content-type', 'text/plain;charset=UTF-8')
  changeByPost(@Param('state') state: string, @Req() request: FastifyRequest): string {
    return this.change(state, request);
  }
}
