import { Controller, Delete, Get, HttpCode, Param, Post, Put, Req, UseGuards } from '@nestjs/common';
import { BEFORE_FIRST } from '@app/domain';
import type { AgentProfile } from '@app/identity';
import type { FastifyRequest } from 'fastify';
import { AgentChats, type EarlierChat, type EventsPage, type Placed } from './agent-chats.js';
import { Caller, CallerGuard, LeastRole } from './caller.js';
import { readEntryId, readLimit, readQuery } from './chat-page.js';
import type { ChatView } from './chat-view.js';
import { expectNoBody, readBody, readKey } from './command-body.js';
import { DispositionDto, OfferDto, OptionalTextDto, TargetDto, TextDto, TypingDto, UrlDto } from './command.dto.js';

type Done = Readonly<Record<string, never>>;
const DONE: Done = {};

/** `/agent/v1/chats/{id}`: what an agent sees of a chat and does in it. */
@Controller('agent/v1/chats/:id')
@UseGuards(CallerGuard)
export class AgentChatsController {
  constructor(private readonly chats: AgentChats) {}

  @Get()
  chat(@Caller() caller: AgentProfile, @Param('id') id: string, @Req() request: FastifyRequest): Promise<ChatView> {
    const at = readEntryId(readQuery(request), 'at');
    return at === undefined ? this.chats.chat(caller, id) : this.chats.chatAt(caller, id, at);
  }

  @Get('events')
  events(@Caller() caller: AgentProfile, @Param('id') id: string, @Req() request: FastifyRequest): Promise<EventsPage> {
    const query = readQuery(request);
    return this.chats.events(caller, id, {
      after: readEntryId(query, 'after') ?? BEFORE_FIRST,
      limit: readLimit(query),
      isAll: query.get('all')?.toLowerCase() === 'true',
    });
  }

  @Get('history')
  async history(
    @Caller() caller: AgentProfile,
    @Param('id') id: string,
  ): Promise<{ readonly chats: readonly EarlierChat[] }> {
    return { chats: await this.chats.history(caller, id) };
  }

  @Post('accept')
  @HttpCode(200)
  accept(@Caller() caller: AgentProfile, @Param('id') id: string, @Req() request: FastifyRequest): Promise<ChatView> {
    return this.chats.accept(caller, id, readBody(request, OfferDto).token);
  }

  @Post('reject')
  @HttpCode(200)
  async reject(@Caller() caller: AgentProfile, @Param('id') id: string, @Req() request: FastifyRequest): Promise<Done> {
    const { token } = readBody(request, OfferDto);
    await this.chats.act(caller, id, (by) => ({ type: 'RejectOffer', by, token }), readKey(request));
    return DONE;
  }

  @Post('messages')
  @HttpCode(200)
  message(@Caller() caller: AgentProfile, @Param('id') id: string, @Req() request: FastifyRequest): Promise<Placed> {
    const { text } = readBody(request, TextDto);
    return this.chats.act(caller, id, (by, atMs) => ({ type: 'SendMessage', by, text, atMs }), readKey(request));
  }

  @Post('typing')
  @HttpCode(200)
  async typing(@Caller() caller: AgentProfile, @Param('id') id: string, @Req() request: FastifyRequest): Promise<Done> {
    const { typing } = readBody(request, TypingDto);
    await this.chats.act(
      caller,
      id,
      (by, atMs) => (typing ? { type: 'StartTyping', by, atMs } : { type: 'StopTyping', by }),
      readKey(request),
    );
    return DONE;
  }

  @Post('push-url')
  @HttpCode(200)
  pushUrl(@Caller() caller: AgentProfile, @Param('id') id: string, @Req() request: FastifyRequest): Promise<Placed> {
    const { url } = readBody(request, UrlDto);
    return this.chats.act(caller, id, (by) => ({ type: 'PushUrl', by, url }), readKey(request));
  }

  @Post('notices')
  @HttpCode(200)
  notice(@Caller() caller: AgentProfile, @Param('id') id: string, @Req() request: FastifyRequest): Promise<Placed> {
    const { text } = readBody(request, TextDto);
    return this.chats.act(caller, id, (by) => ({ type: 'SendNotice', by, text }), readKey(request));
  }

  @Post('poke')
  @HttpCode(200)
  async poke(@Caller() caller: AgentProfile, @Param('id') id: string, @Req() request: FastifyRequest): Promise<Done> {
    const { text } = readBody(request, OptionalTextDto);
    await this.chats.poke(caller, id, text, readKey(request));
    return DONE;
  }

  @Post('transfer')
  @HttpCode(200)
  async transfer(
    @Caller() caller: AgentProfile,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
  ): Promise<Done> {
    await this.chats.seek(caller, id, 'Transfer', readBody(request, TargetDto), readKey(request));
    return DONE;
  }

  @Post('conference')
  @HttpCode(200)
  async conference(
    @Caller() caller: AgentProfile,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
  ): Promise<Done> {
    await this.chats.seek(caller, id, 'Conference', readBody(request, TargetDto), readKey(request));
    return DONE;
  }

  @Post('cancel-routing')
  @HttpCode(200)
  async cancelRouting(
    @Caller() caller: AgentProfile,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
  ): Promise<Done> {
    expectNoBody(request);
    await this.chats.act(caller, id, (by) => ({ type: 'CancelRouting', by }), readKey(request));
    return DONE;
  }

  @Post('leave')
  @HttpCode(200)
  async leave(@Caller() caller: AgentProfile, @Param('id') id: string, @Req() request: FastifyRequest): Promise<Done> {
    expectNoBody(request);
    await this.chats.act(caller, id, (by) => ({ type: 'Leave', by }), readKey(request));
    return DONE;
  }

  @Post('end')
  @HttpCode(200)
  async end(@Caller() caller: AgentProfile, @Param('id') id: string, @Req() request: FastifyRequest): Promise<Done> {
    expectNoBody(request);
    await this.chats.act(caller, id, (by) => ({ type: 'EndChat', by }), readKey(request));
    return DONE;
  }

  @Post('disposition')
  @HttpCode(200)
  async disposition(
    @Caller() caller: AgentProfile,
    @Param('id') id: string,
    @Req() request: FastifyRequest,
  ): Promise<Done> {
    const { code, note } = readBody(request, DispositionDto);
    await this.chats.act(
      caller,
      id,
      (by) => ({ type: 'SetDisposition', by, code, ...(note === undefined ? {} : { note }) }),
      readKey(request),
    );
    return DONE;
  }

  @Post('whisper')
  @HttpCode(200)
  whisper(@Caller() caller: AgentProfile, @Param('id') id: string, @Req() request: FastifyRequest): Promise<Placed> {
    const { text } = readBody(request, TextDto);
    return this.chats.act(caller, id, (by) => ({ type: 'Whisper', by, text }), readKey(request));
  }

  @Put('monitor')
  @LeastRole('supervisor')
  monitor(@Caller() caller: AgentProfile, @Param('id') id: string): Promise<ChatView> {
    return this.chats.monitor(caller, id);
  }

  @Delete('monitor')
  @LeastRole('supervisor')
  async stopMonitoring(@Caller() caller: AgentProfile, @Param('id') id: string): Promise<Done> {
    await this.chats.stopMonitoring(caller, id);
    return DONE;
  }

  @Post('join')
  @HttpCode(200)
  @LeastRole('supervisor')
  join(@Caller() caller: AgentProfile, @Param('id') id: string, @Req() request: FastifyRequest): Promise<ChatView> {
    expectNoBody(request);
    return this.chats.join(caller, id, readKey(request));
  }
}
