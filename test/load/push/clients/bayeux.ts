import type { Transport } from './push-client.js';

/** How a server is spoken to in Bayeux. */
export interface BayeuxDialect {
  readonly path: string;
  /** Added to the path, as the official client of CometD does. */
  readonly hasSuffix: boolean;
  readonly channelOf: (user: string) => string;
  /** More lines of each request's head. */
  readonly headersOf: (user: string) => string;
  /** Whether `ext.ack` is asked for and sent. */
  readonly acknowledges: boolean;
}

const CONNECT = Buffer.from('/meta/connect');
const SUCCESSFUL = Buffer.from('"successful":true');
const ACK = Buffer.from('"ack":');
const ZERO = 48;
const NINE = 57;

/** What one Bayeux client says, and what it keeps in mind to say the next. */
export class BayeuxConversation {
  private clientId = '';
  private messages = 0;
  private acknowledged = 0;

  constructor(
    private readonly dialect: BayeuxDialect,
    private readonly transport: Transport,
    private readonly user: string,
  ) {}

  handshake(): string {
    const ext = this.dialect.acknowledges ? ',"ext":{"ack":true}' : '';
    return `[{"id":"${this.nextId()}","version":"1.0","minimumVersion":"1.0","channel":"/meta/handshake","supportedConnectionTypes":["${this.transport}"],"advice":{"timeout":60000,"interval":0}${ext}}]`;
  }

  /** @throws Error when the server refused */
  takeHandshake(reply: string): void {
    const clientId = /"clientId":"([^"]+)"/.exec(reply)?.[1];
    if (clientId === undefined) throw new Error(`expected a clientId, got ${reply}`);
    this.clientId = clientId;
  }

  subscribe(): string {
    return `[{"id":"${this.nextId()}","channel":"/meta/subscribe","subscription":"${this.dialect.channelOf(this.user)}","clientId":"${this.clientId}"}]`;
  }

  /** @throws Error when the server refused */
  takeSubscription(reply: string): void {
    if (!reply.includes('"successful":true')) throw new Error(`expected a subscription, got ${reply}`);
  }

  connect(): string {
    const ext = this.dialect.acknowledges ? `,"ext":{"ack":${this.acknowledged}}` : '';
    return `[{"id":"${this.nextId()}","channel":"/meta/connect","connectionType":"${this.transport}","clientId":"${this.clientId}"${ext}}]`;
  }

  /** Whether what came answers the connect, so that the next is due. @throws Error when the answer is a refusal */
  isAnswered(data: Buffer): boolean {
    if (!data.includes(CONNECT)) return false;
    if (!data.includes(SUCCESSFUL)) throw new Error(`a connect was refused: ${data.toString()}`);
    if (this.dialect.acknowledges) this.acknowledged = numberAfter(data, ACK) ?? this.acknowledged;
    return true;
  }

  private nextId(): number {
    this.messages += 1;
    return this.messages;
  }
}

/** The number behind the last of some words. */
const numberAfter = (data: Buffer, words: Buffer): number | undefined => {
  const found = data.lastIndexOf(words);
  if (found < 0) return undefined;
  let value = 0;
  for (let at = found + words.length; ; at += 1) {
    const byte = data[at] ?? 0;
    if (byte < ZERO || byte > NINE) return value;
    value = value * 10 + byte - ZERO;
  }
};

/** The product. */
export const PARLEY: BayeuxDialect = {
  path: '/genesys/cometd',
  hasSuffix: true,
  channelOf: () => '/_genesys',
  headersOf: (user) => `gms_user: ${user}\r\n`,
  acknowledges: true,
};

/** faye knows no acknowledgement, and no users: each has a channel. */
export const FAYE: BayeuxDialect = {
  path: '/bayeux',
  hasSuffix: false,
  channelOf: (user) => `/to/${user}`,
  headersOf: () => '',
  acknowledges: false,
};
