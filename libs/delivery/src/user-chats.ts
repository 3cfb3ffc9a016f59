import { type Clock, partitionOfStream, partitionOfUser, userKeyOf } from '@app/event-store';
import {
  callScript,
  type KeySpace,
  type RedisConnection,
  retryUntil,
  type ScriptArgument,
  type ScriptName,
  type UserKeys,
} from '@app/redis';

export interface UserChatsOptions {
  /** Time for all tries of one call together, in milliseconds. */
  readonly deadlineMs: number;
  /** How long an ended chat is still delivered to clients that have not heard of its end, in milliseconds. */
  readonly endedChatMs: number;
  /** How long the places of a user are kept without a new chat, in seconds. */
  readonly retentionS: number;
}

/** An ended chat is delivered for an hour, and places are kept for 30 days. */
export const CHATS_KEPT = { endedChatMs: 3_600_000, retentionS: 30 * 86_400 } as const;

/** The clocks of gateways are closer to each other than this, in milliseconds. */
const SKEW_MS = 1_000;

/** Which streams are delivered to a user: a customer's chats; an agent's own stream and the chats he sees. */
export class UserChats {
  constructor(
    private readonly redis: RedisConnection,
    private readonly keys: KeySpace,
    private readonly clock: Clock,
    private readonly options: UserChatsOptions,
  ) {}

  /**
   * From now on a stream is delivered to a user. Called twice for a customer's chat: before the reply to `ixn/chat` is
   * written, with a delay that outlasts the writing, and when it has been written, without. Should the gateway die
   * between, the delay runs out.
   */
  bind(streamId: string, user: string, delayMs = 0): Promise<void> {
    return this.setBound(streamId, user, delayMs, false);
  }

  /** What comes next of a service that is delivered already waits for a reply: called before it can come. */
  postpone(streamId: string, user: string, delayMs: number): Promise<void> {
    return this.setBound(streamId, user, delayMs, true);
  }

  /** Nothing more of a stream is delivered to a user. */
  async unbind(streamId: string, user: string): Promise<void> {
    const { chats } = this.keysOf(user);
    await retryUntil(() => this.redis.hdel(chats, streamId), this.options.deadlineMs);
  }

  /** Delivers everything after a position of a chat to all clients of its user again. */
  async replay(streamId: string, user: string, afterPosition: number): Promise<void> {
    const keys = this.keysOf(user);
    // The start of the chat stands at 1, and nobody asks for it again.
    const after = Math.max(1, afterPosition);
    await this.call('replay-chat-3', [keys.chats, keys.clients, keys.channel, streamId, after, keys.client]);
  }

  /** The streams that are delivered to a user, in no order. */
  async list(user: string): Promise<readonly string[]> {
    const { chats } = this.keysOf(user);
    return retryUntil(() => this.redis.hkeys(chats), this.options.deadlineMs);
  }

  private async setBound(streamId: string, user: string, delayMs: number, isPostponed: boolean): Promise<void> {
    const keys = this.keysOf(user);
    const { retentionS, endedChatMs } = this.options;
    const nowMs = this.clock.nowMs();
    const away = this.isElsewhere(streamId, user) ? ' away' : '';
    // What may be told now may be told by a gateway whose clock is behind, too.
    const fromMs = nowMs + (delayMs > 0 ? delayMs : -SKEW_MS);
    await this.call('bind-chat-2', [
      ...[keys.chats, keys.channel],
      ...[streamId, nowMs, retentionS, endedChatMs, fromMs, away, isPostponed ? '1' : ''],
    ]);
  }

  private isElsewhere(streamId: string, user: string): boolean {
    const { partitions } = this.keys;
    return partitionOfStream(streamId, partitions) !== partitionOfUser(user, partitions);
  }

  private keysOf(user: string): UserKeys {
    return this.keys.user(partitionOfUser(user, this.keys.partitions), userKeyOf(user));
  }

  private call(name: ScriptName, args: readonly ScriptArgument[]): Promise<unknown> {
    return retryUntil(() => callScript(this.redis, name, args), this.options.deadlineMs);
  }
}
