import { randomBytes } from 'node:crypto';
import { type ChatState, DomainError, type OpenService, type ServiceCommand, type ServiceState } from '@app/domain';
import { type Outcome, randomBase36 } from '@app/event-store';
import type { Logger } from '@app/observability';
import {
  connectedReply,
  disconnectedReply,
  endedReply,
  type ReplyFrame,
  type StartChatRequest,
  transcriptReply,
  verboseFields,
} from '@app/wire';
import type { V1Request } from '../http/request-reader.js';
import { clientCommandId } from '../service/command-id.js';
import type { ServiceCatalog } from '../service/service-catalog.js';
import type { Services } from '../service/services.js';

/** What all chat operations read out of their parameters. */
interface ChatRequest {
  readonly verbose: boolean;
  readonly transcriptPosition?: number | undefined;
  readonly message?: string | undefined;
  readonly messageId?: string | undefined;
}

/** A reply, and whether the application wants a chat that is over told as an error. */
export interface ChatAnswer {
  readonly body: string;
  readonly status: 200 | 400;
}

/** Delivery to the Bayeux clients of a user, as far as chat operations steer it. */
export interface ChatDelivery {
  bind(serviceId: string, user: string, delayMs?: number): Promise<void>;
  replay(serviceId: string, user: string, afterPosition: number): Promise<void>;
}

/** Longer than the writing of a reply takes, in milliseconds; after it messages flow though nobody said it was written. */
const REPLY_TAKES_MS = 2_000;

/** The chat operations of the v1 API: a command or a look, and its reply. */
export class Chats {
  constructor(
    private readonly services: Services,
    private readonly catalog: ServiceCatalog,
    private readonly delivery: ChatDelivery,
    private readonly logger: Pick<Logger, 'warn'>,
  ) {}

  async start(id: string, request: V1Request, parameters: StartChatRequest): Promise<ChatAnswer> {
    const { user } = request;
    if (parameters.notifyBy === 'comet' && user === undefined) {
      const { user: owner } = await this.services.open(id, user);
      if (owner === undefined) {
        throw new DomainError(
          'USER_REQUIRED',
          'gms_user: expected the header with the end user, as notify_by=comet needs it',
        );
      }
    }
    const { nickname, attachedData, notifyBy, timeZoneOffsetMin, push } = parameters;
    const command: ServiceCommand = {
      type: 'StartChat',
      sessionId: randomBase36(16),
      userId: randomBytes(8).toString('hex').toUpperCase(),
      secureKey: randomBytes(8).toString('hex'),
      nickname,
      attachedData,
      ...(notifyBy === undefined ? {} : { notifyBy }),
      ...(timeZoneOffsetMin === undefined ? {} : { timeZoneOffsetMin }),
      ...(push === undefined ? {} : { push }),
    };
    const outcome = await this.services.execute(id, user, { command: () => command, verbose: parameters.verbose });
    const { chat } = chatOf(outcome.state);
    if (chat.ended !== null) return this.show(id, request, { verbose: parameters.verbose });
    if (chat.notifyBy === 'comet') await this.deliver(id, request, outcome.state);
    return {
      status: 200,
      body: connectedReply({ ...this.frame(id, request, outcome, parameters.verbose), position: 1 }),
    };
  }

  /** `refresh`, with or without a message. */
  async refresh(id: string, request: V1Request, parameters: ChatRequest): Promise<ChatAnswer> {
    const { message } = parameters;
    if (message === undefined) return this.show(id, request, parameters);
    return this.say(id, request, parameters, (atMs) => ({ type: 'SendMessage', by: 'customer', text: message, atMs }));
  }

  async startTyping(id: string, request: V1Request, parameters: ChatRequest): Promise<ChatAnswer> {
    return this.say(id, request, parameters, (atMs) => ({ type: 'StartTyping', by: 'customer', atMs }));
  }

  async stopTyping(id: string, request: V1Request, parameters: ChatRequest): Promise<ChatAnswer> {
    return this.say(id, request, parameters, () => ({ type: 'StopTyping', by: 'customer' }));
  }

  async disconnect(id: string, request: V1Request, parameters: ChatRequest): Promise<ChatAnswer> {
    const outcome = await this.services.execute(id, request.user, {
      command: () => ({ type: 'Disconnect' }),
      verbose: parameters.verbose,
    });
    return { status: 200, body: disconnectedReply(this.frame(id, request, outcome, parameters.verbose)) };
  }

  /** A command whose reply shows the events up to its own. */
  private async say(
    id: string,
    request: V1Request,
    { verbose, transcriptPosition, messageId }: ChatRequest,
    command: (nowMs: number) => ServiceCommand,
  ): Promise<ChatAnswer> {
    const key = request.idempotencyKey ?? messageId;
    const outcome = await this.services.execute(id, request.user, {
      command,
      verbose,
      replyFrom: transcriptPosition ?? 'cursor',
      commandId: key === undefined ? undefined : clientCommandId(key),
    });
    return this.answer(id, request, outcome, verbose);
  }

  /** An application drops messages of a chat that it does not know yet: they wait until this reply is out. */
  private async deliver(id: string, request: V1Request, state: ServiceState): Promise<void> {
    const { user } = chatOf(state).service;
    if (user === undefined) return;
    await this.delivery.bind(id, user, REPLY_TAKES_MS);
    request.onReplyWritten(() => {
      this.delivery.bind(id, user).catch((error: unknown) => {
        this.logger.warn({ serviceId: id, err: error }, 'messages of the chat come later: the store did not answer');
      });
    });
  }

  private async show(
    id: string,
    request: V1Request,
    { verbose, transcriptPosition }: ChatRequest,
  ): Promise<ChatAnswer> {
    const outcome = await this.services.view(id, request.user, transcriptPosition ?? 'cursor');
    const { service, chat } = chatOf(outcome.state);
    if (chat.notifyBy === 'comet' && service.user !== undefined && transcriptPosition !== undefined) {
      await this.delivery.replay(id, service.user, transcriptPosition);
    }
    return this.answer(id, request, outcome, verbose);
  }

  private answer(id: string, request: V1Request, outcome: Outcome<ServiceState>, verbose: boolean): ChatAnswer {
    const { service, chat } = chatOf(outcome.state);
    if (outcome.from !== null && outcome.from < outcome.to) {
      request.onReplyLost(() => {
        // Should this fail too, the customer still finds everything with transcriptPosition=1.
        this.services.takeBack(id, outcome).catch(() => undefined);
      });
    }
    const frame = this.frame(id, request, outcome, verbose);
    const lines = chat.notifyBy === 'comet' ? [] : outcome.lines;
    if (chat.ended === null || outcome.kind === 'repeated') return { status: 200, body: transcriptReply(frame, lines) };
    const refuses = this.catalog.find(service.name)?.options.chat400ResponseOnDisconnected === true;
    return { status: refuses ? 400 : 200, body: endedReply(frame, lines) };
  }

  private frame(
    id: string,
    { parameters }: V1Request,
    { state, to }: Outcome<ServiceState>,
    verbose: boolean,
  ): ReplyFrame {
    const { service, chat } = chatOf(state);
    const forced = this.catalog.find(service.name)?.options.transcriptPositionType ?? 'auto';
    return {
      serviceId: id,
      chat,
      position: to,
      positionAs: forced === 'auto' ? (parameters.isJson ? 'number' : 'string') : forced,
      verbose: verbose ? verboseFields(id, service, chat, this.catalog.facade(service.name)) : '',
    };
  }
}

/** The chat of a service. @throws DomainError CHAT_NOT_STARTED, SERVICE_NOT_FOUND */
const chatOf = (state: ServiceState): { readonly service: OpenService; readonly chat: ChatState } => {
  if (state.status !== 'open') throw new DomainError('SERVICE_NOT_FOUND', 'the service expired or was deleted');
  if (state.chat === null) {
    throw new DomainError('CHAT_NOT_STARTED', 'the chat of this service has not been started with ixn/chat');
  }
  return { service: state, chat: state.chat };
};
