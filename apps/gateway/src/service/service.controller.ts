import type { IncomingMessage } from 'node:http';
import { Controller, Delete, Get, HttpCode, Inject, Param, Post, Req, Res } from '@nestjs/common';
import {
  createdAdvancedReply,
  createdBasicReply,
  queuePositionReply,
  readCreate,
  readStatus,
  statusReply,
} from '@app/wire';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { V1Request } from '../http/request-reader.js';
import { type ServiceHttpRequest, V1, v1RequestOf } from '../http/v1-request.js';
import { Chats } from '../chat/chats.js';
import { Services } from './services.js';

/** Lets a request create a service. @throws DomainError SERVICES_RATE_EXCEEDED */
export type ServiceGate = (request: IncomingMessage) => Promise<void>;
export const SERVICE_GATE = Symbol('ServiceGate');

/** `/genesys/1/service/{name}` and `/{id}`: creation, status and end of a service. */
@Controller('genesys/1/service')
export class ServiceController {
  constructor(
    private readonly services: Services,
    private readonly chats: Chats,
    @Inject(SERVICE_GATE) private readonly requireRoom: ServiceGate,
  ) {}

  @Post(':name')
  @HttpCode(200)
  async create(
    @Param('name') name: string,
    @V1() request: V1Request,
    @Req() { raw }: Pick<FastifyRequest, 'raw'>,
  ): Promise<string> {
    const { parameters, user } = request;
    const create = readCreate(parameters);
    await this.requireRoom(raw);
    const { id, kind } = await this.services.create(name, create, user);
    if (kind === 'basic') return createdBasicReply(id, create.verbose);
    // This application wants to be told of statuses, instead of asking for them.
    if (create.deviceOs === 'comet' && user !== undefined) await this.chats.deliver(id, user, request);
    const hasDevice = create.deviceOs !== undefined || create.deviceNotificationId !== undefined;
    return createdAdvancedReply(id, create.verbose || hasDevice);
  }

  @Get(':name')
  createByGet(
    @Param('name') name: string,
    @V1() request: V1Request,
    @Req() http: Pick<FastifyRequest, 'raw'>,
  ): Promise<string> {
    return this.create(name, request, http);
  }

  /**
   * JSON for applications; the next dialog for the form of a dialog. Phones ask for it again and again: it takes the
   * request as it is, like the chat operations.
   */
  @Post(':id/status')
  @HttpCode(200)
  async status(@Req() http: ServiceHttpRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { id } = http.params;
    const { parameters, user } = v1RequestOf(http, reply);
    const { businessData, verbose, wantsDialog } = readStatus(parameters);
    const { service, hasNews } = await this.services.status(id, user, businessData, verbose);
    if (!wantsDialog) return statusReply(id, this.services.shown(service), verbose);
    if (hasNews) await this.services.answered(id, user, service);
    void reply.status(303).header('location', `/genesys/1/service/${id}/dialogs/current`);
    return '';
  }

  @Get(':id/status')
  statusByGet(@Req() http: ServiceHttpRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return this.status(http, reply);
  }

  @Post(':id/check-queue-position')
  @HttpCode(200)
  async queuePosition(@Param('id') id: string, @V1() { user }: V1Request): Promise<string> {
    return queuePositionReply(await this.services.queuePosition(id, await this.services.open(id, user)));
  }

  @Delete(':id')
  @HttpCode(200)
  async drop(@Param('id') id: string, @V1() { user }: V1Request): Promise<string> {
    await this.services.drop(id, user);
    return '{}';
  }
}
