import { Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { readDisconnect, readRefresh, readSend, readStartChat, readTyping } from '@app/wire';
import type { FastifyReply } from 'fastify';
import type { V1Request } from '../http/request-reader.js';
import { V1 } from '../http/v1.decorator.js';
import { type ChatAnswer, Chats } from './chats.js';

/** `/genesys/1/service/{id}/ixn/chat` and below. */
@Controller('genesys/1/service/:id/ixn/chat')
export class ChatController {
  constructor(private readonly chats: Chats) {}

  @Post()
  @HttpCode(200)
  async start(
    @Param('id') id: string,
    @V1() request: V1Request,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return send(reply, await this.chats.start(id, request, readStartChat(request.parameters)));
  }

  @Post('refresh')
  @HttpCode(200)
  async refresh(
    @Param('id') id: string,
    @V1() request: V1Request,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return send(
      reply,
      await this.chats.refresh(id, request, readRefresh(request.parameters, request.messageLengthMax)),
    );
  }

  @Get('refresh')
  refreshByGet(
    @Param('id') id: string,
    @V1() request: V1Request,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return this.refresh(id, request, reply);
  }

  @Post('send')
  @HttpCode(200)
  async send(
    @Param('id') id: string,
    @V1() request: V1Request,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return send(reply, await this.chats.refresh(id, request, readSend(request.parameters, request.messageLengthMax)));
  }

  @Post('startTyping')
  @HttpCode(200)
  async startTyping(
    @Param('id') id: string,
    @V1() request: V1Request,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return send(reply, await this.chats.startTyping(id, request, readTyping(request.parameters)));
  }

  @Post('stopTyping')
  @HttpCode(200)
  async stopTyping(
    @Param('id') id: string,
    @V1() request: V1Request,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return send(reply, await this.chats.stopTyping(id, request, readTyping(request.parameters)));
  }

  @Post('disconnect')
  @HttpCode(200)
  async disconnect(
    @Param('id') id: string,
    @V1() request: V1Request,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return send(reply, await this.chats.disconnect(id, request, readDisconnect(request.parameters)));
  }
}

const send = (reply: FastifyReply, { status, body }: ChatAnswer): string => {
  if (status !== 200) void reply.status(status);
  return body;
};
