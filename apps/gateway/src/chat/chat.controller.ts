import { Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { readDisconnect, readRefresh, readSend, readStartChat, readTyping } from '@app/wire';
import type { FastifyReply } from 'fastify';
import { type ServiceHttpRequest, v1RequestOf } from '../http/v1-request.js';
import { type ChatAnswer, Chats } from './chats.js';

/**
 * `/genesys/1/service/{id}/ixn/chat` and below. The hot routes of the product: they take the request as it is, because
 * every decorated parameter costs Nest an asynchronous step of its own.
 */
@Controller('genesys/1/service/:id/ixn/chat')
export class ChatController {
  constructor(private readonly chats: Chats) {}

  @Post()
  @HttpCode(200)
  async start(@Req() http: ServiceHttpRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const request = v1RequestOf(http, reply);
    return send(reply, await this.chats.start(http.params.id, request, readStartChat(request.parameters)));
  }

  @Post('refresh')
  @HttpCode(200)
  async refresh(@Req() http: ServiceHttpRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const request = v1RequestOf(http, reply);
    const parameters = readRefresh(request.parameters, request.messageLengthMax);
    return send(reply, await this.chats.refresh(http.params.id, request, parameters));
  }

  @Get('refresh')
  refreshByGet(@Req() http: ServiceHttpRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    return this.refresh(http, reply);
  }

  @Post('send')
  @HttpCode(200)
  async send(@Req() http: ServiceHttpRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const request = v1RequestOf(http, reply);
    const parameters = readSend(request.parameters, request.messageLengthMax);
    return send(reply, await this.chats.refresh(http.params.id, request, parameters));
  }

  @Post('startTyping')
  @HttpCode(200)
  async startTyping(@Req() http: ServiceHttpRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const request = v1RequestOf(http, reply);
    return send(reply, await this.chats.startTyping(http.params.id, request, readTyping(request.parameters)));
  }

  @Post('stopTyping')
  @HttpCode(200)
  async stopTyping(@Req() http: ServiceHttpRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const request = v1RequestOf(http, reply);
    return send(reply, await this.chats.stopTyping(http.params.id, request, readTyping(request.parameters)));
  }

  @Post('disconnect')
  @HttpCode(200)
  async disconnect(@Req() http: ServiceHttpRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const request = v1RequestOf(http, reply);
    return send(reply, await this.chats.disconnect(http.params.id, request, readDisconnect(request.parameters)));
  }
}

const send = (reply: FastifyReply, { status, body }: ChatAnswer): string => {
  if (status !== 200) void reply.status(status);
  return body;
};
