import { randomBytes } from 'node:crypto';
import {
  type ChatState,
  DomainError,
  type OpenService,
  type ServiceCommand,
  type ServiceState,
  type StartChat,
  type TextMap,
} from '@app/domain';
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
import { needOf } from '../service/routing-need.js';
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
  /** Holds back what comes next of a service that is delivered already. */
  postpone(serviceId: string, user: string, delayMs: number): Promise<void>;
  replay(serviceId: string, user: string, afterPosition: number): Promise<void>;
  /** The services that are delivered to a user, those that are over among them. */
  list(user: string): Promise<readonly string[]>;
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
    /** What an agent's desktop calls to poke the customer of a service. */
    private readonly pokeUrlOf: (serviceId: string) => string,
    /** Chats of one user that may go on at the same time. */
    private readonly chatsPerUser: number,
  ) {}

  async start(id: string, request: V1Request, parameters: StartChatRequest): Promise<ChatAnswer> {
    const { user } = request;
    if (parameters.notifyBy === 'comet') {
      const service = await this.services.open(id, user);
      const owner = user ?? service.user;
      if (owner === undefined) {
        throw new DomainError(
          'USER_REQUIRED',
          'gms_user: expected the header with the end user, as notify_by=comet needs it',
        );
      }
      if (service.chat === null) await this.requireRoom(id, owner);
      // Its statuses are delivered already, and the start of the chat must not come before this reply.
      if (service.device?.os === 'comet') await this.delivery.postpone(id, owner, REPLY_TAKES_MS);
    }
    const { nickname, attachedData, subject, notifyBy, timeZoneOffsetMin, push } = parameters;
    // Nobody but the server says where to poke.
    const { poke_url: _, ...ownData } = attachedData;
    const started: StartChat = {
      type: 'StartChat',
      sessionId: randomBase36(16),
      userId: randomBytes(8).toString('hex').toUpperCase(),
      secureKey: randomBytes(8).toString('hex'),
      nickname,
      attachedData: ownData,
      ...(notifyBy === undefined ? {} : { notifyBy }),
      ...(timeZoneOffsetMin === undefined ? {} : { timeZoneOffsetMin }),
      ...(push === undefined ? {} : { push }),
    };
    const command = (_nowMs: number, service: OpenService): ServiceCommand => {
      const { kind, name, businessData } = service;
      const start = this.canBePoked(service, push) ? withData(started, { poke_url: this.pokeUrlOf(id) }) : started;
      if (kind === 'advanced') return start;
      const routing = this.catalog.find(name)?.options.routing;
      return { ...start, need: needOf(routing, { ...businessData, ...attachedData }, subject) };
    };
    const outcome = await this.services.execute(id, user, { command, verbose: parameters.verbose });
    const { chat } = chatOf(outcome.state);
    if (chat.ended !== null) return this.show(id, request, { verbose: parameters.verbose });
    const { user: owner } = chatOf(outcome.state).service;
    if (chat.notifyBy === 'comet' && owner !== undefined) await this.deliver(id, owner, request);
    return {
      status: 200,
      body: connectedReply({ ...this.frame(id, request, outcome, parameters.verbose), position: 1 }),
    };
  }

  /** @throws DomainError CHATS_EXCEEDED */
  private async requireRoom(id: string, owner: string): Promise<void> {
    const delivered = (await this.delivery.list(owner)).filter((each) => each !== id);
    if (delivered.length < this.chatsPerUser) return;
    const goOn = await Promise.all(delivered.map((each) => this.services.isChatting(each)));
    if (goOn.filter(Boolean).length < this.chatsPerUser) return;
    throw new DomainError('CHATS_EXCEEDED', `at most ${this.chatsPerUser} chats of a user go on at the same time`);
  }

  private canBePoked({ notifications, device }: OpenService, push: TextMap | undefined): boolean {
    return notifications?.isPokeEnabled === true && (device !== undefined || push !== undefined);
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

  /**
   * From now on what happens to a service is pushed to its user, but not before the reply to this request is out:
   * applications drop messages of what they do not know yet.
   */
  async deliver(id: string, user: string, request: Pick<V1Request, 'onReplyWritten'>): Promise<void> {
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
      // From beyond the end nothing that is still to come would ever be told.
      await this.delivery.replay(id, service.user, Math.min(transcriptPosition, outcome.to));
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

const withData = (start: StartChat, data: TextMap): StartChat => ({
  ...start,
  attachedData: { ...start.attachedData, ...data },
});

/** The chat of a service. @throws DomainError CHAT_NOT_STARTED, SERVICE_NOT_FOUND */
const chatOf = (state: ServiceState): { readonly service: OpenService; readonly chat: ChatState } => {
  if (state.status !== 'open') throw new DomainError('SERVICE_NOT_FOUND', 'the service expired or was deleted');
  if (state.chat === null) {
    throw new DomainError('CHAT_NOT_STARTED', 'the chat of this service has not been started with ixn/chat');
  }
  return { service: state, chat: state.chat };
};
