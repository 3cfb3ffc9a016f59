import { type Advice, Advised, GIVE_UP, HANDSHAKE_AGAIN } from './advice.js';
import type { BayeuxPeer, HoldResult } from './engine.js';
import { Hold } from './hold.js';
import { Holds } from './holds.js';
import type { BayeuxMessage } from './message.js';
import type { BayeuxOptions, ConnectionType } from './options.js';
import { ProtocolCore } from './protocol-core.js';
import { type BayeuxReply, denied, ERRORS, failure, success } from './replies.js';

/** What carries a connect that may be held: told of the hold, then of its answer. */
export interface Carrier {
  readonly connectionType: ConnectionType;
  /** The connect is held from now on; ends the hold when nobody waits for the answer any longer. */
  attach(hold: Hold): void;
  answered(answer: Answer, hold: Hold | undefined): void;
  /** The engine threw. */
  failed(error: unknown, message: BayeuxMessage, hold: Hold | undefined): void;
}

/** A batch in an answer to a client that does not acknowledge: the engine is told once it has been written. */
export interface UnacknowledgedBatch {
  readonly clientId: string;
  readonly user: string;
  readonly batch: number;
}

export interface Answer {
  /** A JSON array. */
  readonly text: string;
  readonly unacknowledged: readonly UnacknowledgedBatch[];
  /** The answer to a lone connect that a newer one took over from; HTTP may have a status for it. */
  readonly isSuperseded: boolean;
}

interface ConnectAnswer {
  /** JSON of the messages before the reply. */
  readonly events: readonly string[];
  readonly reply: BayeuxReply;
  readonly unacknowledged: UnacknowledgedBatch | undefined;
  readonly isSuperseded: boolean;
}

const HANDSHAKE = '/meta/handshake';
const CONNECT = '/meta/connect';
const SUBSCRIBE = '/meta/subscribe';
const UNSUBSCRIBE = '/meta/unsubscribe';
const DISCONNECT = '/meta/disconnect';

/** Such a request may be held; a connect among others never is. */
export const isLoneConnect = ({ length, 0: first }: readonly BayeuxMessage[]): boolean =>
  length === 1 && first?.channel === CONNECT;

/** How long a client that was refused for having too many others waits, in milliseconds. */
const REFUSED_INTERVAL_MS = 10_000;

/** How long a client waits at least whose address shook hands too often, in milliseconds; up to twice that. */
const BUSY_INTERVAL_MS = 1_000;

const unknownClient = (message: BayeuxMessage): BayeuxReply =>
  failure(message, ERRORS.unknownClient, {
    advice: HANDSHAKE_AGAIN,
    ...(message.subscription === undefined ? {} : { subscription: message.subscription }),
  });

const alone = (reply: BayeuxReply): ConnectAnswer => ({
  events: [],
  reply,
  unacknowledged: undefined,
  isSuperseded: false,
});

const partsOf = ({ events, reply }: Pick<ConnectAnswer, 'events' | 'reply'>): readonly string[] => [
  ...events,
  JSON.stringify(reply),
];

/** A transcript position of a client: digits or a whole number; undefined for anything else. */
const positionOf = (value: unknown): number | undefined => {
  const position = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof position === 'number' && Number.isSafeInteger(position) && position >= 0 ? position : undefined;
};

/** Bayeux as applications of CometD know it: faye's core asked about each message, our engine behind it. */
export class BayeuxProtocol {
  private readonly core = new ProtocolCore();
  private readonly holds: Holds;
  private readonly advised: Advised;
  private isDraining_ = false;

  constructor(private readonly options: BayeuxOptions) {
    this.holds = new Holds(options);
    this.advised = new Advised(options.time);
  }

  /** Connects that are held just now. */
  get heldConnects(): number {
    return this.holds.size;
  }

  get isDraining(): boolean {
    return this.isDraining_;
  }

  /** Answers all held connects; from now on none is held. */
  drain(): void {
    this.isDraining_ = true;
    this.holds.drain();
  }

  /** Holds connects again. */
  resume(): void {
    this.isDraining_ = false;
  }

  /** Answers messages that are checked already, none of which is held. */
  async answer(messages: readonly BayeuxMessage[], peer: BayeuxPeer, type: ConnectionType): Promise<Answer> {
    const parts: string[] = [];
    const unacknowledged: UnacknowledgedBatch[] = [];
    // One after the other: a later message may need what an earlier one did.
    const connected = new Map<string | undefined, BayeuxReply>();
    for (const message of messages) {
      const earlier = connected.get(message.clientId);
      if (message.channel === CONNECT && earlier !== undefined) {
        // What the first one brought has not been written yet, and would come again.
        parts.push(JSON.stringify({ ...earlier, id: message.id }));
      } else if (message.channel === CONNECT) {
        const answered = await this.connectNow(message, peer, type);
        connected.set(message.clientId, answered.reply);
        parts.push(...partsOf(answered));
        if (answered.unacknowledged !== undefined) unacknowledged.push(answered.unacknowledged);
      } else {
        parts.push(JSON.stringify(await this.replyTo(message, peer)));
      }
    }
    return { text: `[${parts.join(',')}]`, unacknowledged, isSuperseded: false };
  }

  /**
   * Answers a connect that came alone; its answer goes to the carrier, when there is something to say. While it is held
   * this is the one suspended function on our side of the engine, which is most of what a held connect costs.
   */
  async connect(message: BayeuxMessage, peer: BayeuxPeer, carrier: Carrier): Promise<void> {
    let hold: Hold | undefined;
    try {
      const ready = await this.prepare(message, peer, carrier.connectionType, message.timeoutMs === 0);
      if (ready instanceof Hold) {
        hold = ready;
        if (!hold.isImmediate) {
          carrier.attach(hold);
          this.holds.open(hold, message.timeoutMs);
        }
        const { events, reply, unacknowledged, isSuperseded } = this.connectAnswer(
          message,
          hold,
          await this.options.engine.connect(hold),
        );
        const text = `[${partsOf({ events, reply }).join(',')}]`;
        carrier.answered(
          { text, unacknowledged: unacknowledged === undefined ? [] : [unacknowledged], isSuperseded },
          hold,
        );
      } else {
        carrier.answered({ text: `[${JSON.stringify(ready)}]`, unacknowledged: [], isSuperseded: false }, hold);
      }
    } catch (error) {
      carrier.failed(error, message, hold);
    } finally {
      if (hold !== undefined) this.holds.close(hold);
    }
  }

  /** The reply with these batches has been written. */
  reportWritten(batches: readonly UnacknowledgedBatch[]): void {
    for (const { clientId, user, batch } of batches) {
      this.options.engine.written(clientId, user, batch).catch(this.options.onFailure);
    }
  }

  private replyTo(message: BayeuxMessage, peer: BayeuxPeer): Promise<BayeuxReply> {
    switch (message.channel) {
      case HANDSHAKE:
        return this.handshake(message, peer);
      case SUBSCRIBE:
      case UNSUBSCRIBE:
        return this.subscription(message, peer);
      case DISCONNECT:
        return this.disconnect(message, peer);
      default:
        return message.channel.startsWith('/meta/') ? this.unknownMeta(message) : this.publication(message, peer);
    }
  }

  private async handshake(message: BayeuxMessage, peer: BayeuxPeer): Promise<BayeuxReply> {
    const { user } = peer;
    const { engine, connectionTypes, adviceTimeoutMs, limits, mayShakeHands, random } = this.options;
    if (user === undefined) return failure(message, ERRORS.userMissing, { advice: GIVE_UP });
    if (user.length > limits.userLength) return failure(message, ERRORS.userTooLong, { advice: GIVE_UP });
    if (!(await mayShakeHands(peer))) {
      const interval = Math.floor((1 + random()) * BUSY_INTERVAL_MS);
      return failure(message, ERRORS.busy, { advice: { interval, reconnect: 'handshake' } });
    }
    const wanted = message.supportedConnectionTypes ?? connectionTypes;
    const refusal: { reason?: string } = {};
    const reply = await this.core.handle(
      {
        channel: HANDSHAKE,
        version: '1.0',
        supportedConnectionTypes: connectionTypes.filter((type) => wanted.includes(type)),
      },
      {
        createClient: async () => {
          const result = await engine.handshake({ user });
          if (result.outcome === 'created') return result.clientId;
          refusal.reason = result.reason;
          return '';
        },
        clientExists: () => true,
      },
    );
    const served = { version: '1.0', minimumVersion: '1.0', supportedConnectionTypes: connectionTypes } as const;
    if (refusal.reason !== undefined) {
      return failure(message, `403::${refusal.reason}`, {
        ...served,
        advice: { interval: REFUSED_INTERVAL_MS, reconnect: 'handshake' },
      });
    }
    if (!reply.successful || reply.clientId === undefined) {
      return failure(message, reply.error ?? ERRORS.unknownClient, { ...served, advice: GIVE_UP });
    }
    return success(message, {
      ...served,
      clientId: reply.clientId,
      advice: { interval: 0, reconnect: 'retry', timeout: adviceTimeoutMs },
      ext: { ack: true },
    });
  }

  private async subscription(message: BayeuxMessage, peer: BayeuxPeer): Promise<BayeuxReply> {
    const { channel, clientId, subscription } = message;
    const { engine, channels } = this.options;
    const user = await this.userOf(message, peer);
    if (clientId === undefined || user === undefined) return unknownClient(message);
    const wanted = subscription === undefined ? [] : [subscription].flat();
    const strange = wanted.find((name) => !channels.includes(name));
    if (strange !== undefined || wanted.length === 0) {
      if ((await engine.userOf(clientId)) !== user) return unknownClient(message);
      if (strange === undefined || subscription === undefined) return failure(message, ERRORS.subscriptionMissing);
      // Nobody can have subscribed to it, so it is as it shall be.
      if (channel === UNSUBSCRIBE) return success(message, { subscription });
      return failure(message, denied(strange, 'subscribe'), { subscription });
    }
    const clientExists = async (): Promise<boolean> => {
      for (const name of wanted) {
        const exists = await (channel === SUBSCRIBE
          ? engine.subscribe(clientId, user, name)
          : engine.unsubscribe(clientId, user, name));
        if (!exists) return false;
      }
      return true;
    };
    const reply = await this.core.handle({ channel, clientId, subscription }, { createClient, clientExists });
    if (!reply.successful) return unknownClient(message);
    return success(message, { ...(reply.subscription === undefined ? {} : { subscription: reply.subscription }) });
  }

  private async disconnect(message: BayeuxMessage, peer: BayeuxPeer): Promise<BayeuxReply> {
    const { channel, clientId, transcriptPosition } = message;
    const user = await this.userOf(message, peer);
    if (clientId === undefined || user === undefined) return unknownClient(message);
    const resumeAfter = positionOf(transcriptPosition);
    if (resumeAfter === undefined && transcriptPosition !== undefined && transcriptPosition !== null) {
      return failure(message, ERRORS.positionIncorrect);
    }
    const clientExists = (): Promise<boolean> => {
      this.holds.disconnect(clientId, user);
      return this.options.engine.disconnect(clientId, user, resumeAfter);
    };
    const reply = await this.core.handle({ channel, clientId }, { createClient, clientExists });
    this.advised.forget(clientId);
    return reply.successful ? success(message) : unknownClient(message);
  }

  private async unknownMeta(message: BayeuxMessage): Promise<BayeuxReply> {
    const reply = await this.core.handle({ channel: message.channel }, { createClient, clientExists: () => true });
    return failure(message, reply.error ?? `403:${message.channel}:Forbidden channel`);
  }

  private async publication(message: BayeuxMessage, peer: BayeuxPeer): Promise<BayeuxReply> {
    const user = await this.userOf(message, peer);
    const { clientId } = message;
    if (clientId === undefined || user === undefined) return unknownClient(message);
    if ((await this.options.engine.userOf(clientId)) !== user) return unknownClient(message);
    return failure(message, denied(message.channel, 'publish'));
  }

  private async connectNow(message: BayeuxMessage, peer: BayeuxPeer, type: ConnectionType): Promise<ConnectAnswer> {
    const ready = await this.prepare(message, peer, type, true);
    if (!(ready instanceof Hold)) return alone(ready);
    return this.connectAnswer(message, ready, await this.options.engine.connect(ready));
  }

  /** What the engine is asked for, or the reply to a connect that may not be. */
  private async prepare(
    message: BayeuxMessage,
    peer: BayeuxPeer,
    type: ConnectionType,
    isImmediate: boolean,
  ): Promise<Hold | BayeuxReply> {
    const { clientId, connectionType = type } = message;
    const user = await this.userOf(message, peer);
    if (clientId === undefined || user === undefined) return unknownClient(message);
    if (!this.options.connectionTypes.some((served) => served === connectionType)) {
      return failure(message, `301:${connectionType}:Connection types not supported`, { advice: GIVE_UP });
    }
    const reply = await this.core.handle(
      { channel: CONNECT, clientId, connectionType },
      { createClient, clientExists: () => true },
    );
    if (!reply.successful) return failure(message, reply.error ?? ERRORS.unknownClient, { advice: GIVE_UP });
    const ack = typeof message.ack === 'number' ? message.ack : undefined;
    return new Hold(clientId, user, ack, isImmediate || this.isDraining);
  }

  private connectAnswer(message: BayeuxMessage, hold: Hold, result: HoldResult): ConnectAnswer {
    if (result.outcome === 'ended' || hold.ending === 'disconnected') {
      // No failure: clients that are about to disconnect would take it for one of that.
      return alone(
        success(message, { advice: GIVE_UP, ...(hold.ack === undefined ? {} : { ext: { ack: hold.ack } }) }),
      );
    }
    if (result.outcome === 'unknown-client') return alone(unknownClient(message));
    if (result.outcome === 'superseded') {
      return { ...alone(failure(message, ERRORS.superseded, { advice: GIVE_UP })), isSuperseded: true };
    }
    const { clientId, user, ack } = hold;
    const advice = this.adviceFor(hold, result.isFirst === true || message.timeoutMs === 0);
    const reply = success(message, {
      ...(advice === undefined ? {} : { advice }),
      ...(ack === undefined ? {} : { ext: { ack: result.batch ?? 0 } }),
    });
    const { batch } = result;
    const messages = result.outcome === 'delivered' ? result.messages : [];
    return {
      events: messages,
      reply,
      unacknowledged:
        ack === undefined && messages.length > 0 && batch !== null ? { clientId, user, batch } : undefined,
      isSuperseded: false,
    };
  }

  private adviceFor({ clientId, ending }: Hold, isDue: boolean): Advice | undefined {
    const { adviceTimeoutMs: timeout, drainIntervalMs, releasedIntervalMs, random } = this.options;
    if (this.isDraining) return { interval: Math.floor(random() * drainIntervalMs), reconnect: 'retry', timeout };
    if (ending === 'released') {
      // Released ones that came back at once would release each other for ever.
      this.advised.forget(clientId);
      return { interval: releasedIntervalMs, reconnect: 'retry', timeout };
    }
    const isNews = ending !== 'gone' && this.advised.isNews(clientId);
    return isNews || isDue ? { interval: 0, reconnect: 'retry', timeout } : undefined;
  }

  /** The user of a message: whom the peer names, else, where the policy allows it, whom the client is bound to. */
  private async userOf({ clientId }: BayeuxMessage, { user }: BayeuxPeer): Promise<string | undefined> {
    if (user !== undefined || clientId === undefined || this.options.userPolicy === 'header') return user;
    return this.options.engine.userOf(clientId);
  }
}

const createClient = (): Promise<string> => Promise.reject(new Error('only a handshake makes a client'));
