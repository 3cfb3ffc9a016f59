/** Type, nickname, text, party: an event as customers see it, but for its second. */
export type Line = readonly [type: string, nickname: string, text: string, party: string];

/** What an application that polls is to be answered. */
export interface Shown {
  readonly state: 'CONNECTED' | 'TRANSCRIPT' | 'DISCONNECTED';
  readonly position: number;
  /** Undefined: the answer has no transcript. */
  readonly lines?: readonly Line[];
}

/** A refusal by its status. */
export type Expected = Shown | { readonly refused: 404 | 415 | 503 };

/** What a Bayeux client is to be told, one after the other: the start of a chat, its lines, its end. */
export type Told = { readonly line: Line; readonly position: number } | 'start' | 'end';

export const CUSTOMER = 'VasyaP';
export const AGENT = 'Monique';

type Speaker = 'customer' | 'agent';
const NAMES: Readonly<Record<Speaker, readonly [string, string]>> = {
  customer: [CUSTOMER, 'CLIENT'],
  agent: [AGENT, 'AGENT'],
};

interface Remembered {
  readonly from: number;
  readonly to: number;
}

interface Place {
  readonly position: number;
  /** Behind what stands at that position without having one of its own, too. */
  readonly isBehindAll: boolean;
}

/** A service and its chat as a list and a few numbers: what the product has to be like, whatever is done to it. */
export class ServiceModel {
  owner: string | undefined;
  isStarted = false;
  isEnded = false;
  /** Deleted or expired. */
  isGone = false;
  isComet = false;
  hasAgent = false;
  /** At positions 2, 3, …: the customer's own join is 1 and never shown. */
  readonly lines: Line[] = [];
  readonly stored = new Map<string, string>();
  private hasAlerted = false;
  private cursor = 1;
  private readonly typing = new Set<Speaker>();
  private readonly remembered = new Map<string, Remembered>();
  /** How far its user has been told. */
  private place: Place = { position: 0, isBehindAll: false };

  constructor(
    readonly id: string,
    user: string | undefined,
  ) {
    this.owner = user;
  }

  get end(): number {
    return this.lines.length + 1;
  }

  /** Whether somebody, or nobody in particular, may reach it. */
  isFor(user: string | undefined): boolean {
    return !this.isGone && (user === undefined || this.owner === undefined || user === this.owner);
  }

  start(user: string | undefined, isComet: boolean): Expected {
    if (!this.isFor(user)) return { refused: 404 };
    if (isComet && user === undefined && this.owner === undefined) return { refused: 415 };
    this.owner ??= user;
    if (!this.isStarted) this.isComet = isComet;
    this.isStarted = true;
    return this.isEnded ? this.shown(this.cursor) : { state: 'CONNECTED', position: 1 };
  }

  /** Everything after the cursor, or after a position. */
  refresh(user: string | undefined, position: number | undefined): Expected {
    const refusal = this.refusalOf(user);
    if (refusal !== undefined) return refusal;
    if (position !== undefined && this.isComet) this.resumeAt(Math.min(Math.max(1, position), this.end));
    return this.shown(position ?? this.cursor);
  }

  send(user: string | undefined, text: string, key?: string, position?: number): Expected {
    return this.speak(user, key, position, () => {
      this.typing.delete('customer');
      this.hasAlerted = false;
      return ['Message.Text', ...this.said('customer', text)];
    });
  }

  startTyping(user: string | undefined, key?: string): Expected {
    return this.speak(user, key, undefined, () => this.typed('customer'));
  }

  stopTyping(user: string | undefined, key?: string): Expected {
    return this.speak(user, key, undefined, () =>
      this.typing.delete('customer') ? ['Notice.TypingStopped', ...this.said('customer', 'stopped typing')] : undefined,
    );
  }

  disconnect(user: string | undefined): Expected {
    const refusal = this.refusalOf(user);
    if (refusal !== undefined) return refusal;
    this.isEnded = true;
    return { state: 'DISCONNECTED', position: this.end };
  }

  drop(): void {
    this.isEnded = true;
    this.isGone = true;
    this.stored.clear();
  }

  /** Time passes: its time to live, the patience of the server with a silent customer, or with silence. */
  pass(kind: 'ttl' | 'flex' | 'idle', alert: string): void {
    if (kind === 'ttl') this.drop();
    else if (!this.isStarted || this.isEnded || this.isComet) return;
    else if (kind === 'flex' || this.hasAlerted) this.isEnded = true;
    else {
      this.hasAlerted = true;
      this.lines.push(['Message.Text', 'System', alert, 'EXTERNAL']);
    }
  }

  agentJoins(): void {
    if (!this.hasAgent) this.lines.push(['Notice.Joined', ...this.said('agent', 'has joined the session')]);
    this.hasAgent = true;
    this.hasAlerted = false;
  }

  agentSays(text: string): void {
    this.typing.delete('agent');
    this.hasAlerted = false;
    this.lines.push(['Message.Text', ...this.said('agent', text)]);
  }

  agentTypes(): void {
    const line = this.typed('agent');
    if (line !== undefined) this.lines.push(line);
  }

  /** The last one who leaves ends the chat. */
  agentLeaves(): void {
    this.typing.delete('agent');
    this.lines.push(['Notice.Left', ...this.said('agent', 'has left the session')]);
    this.hasAgent = false;
    this.isEnded = true;
  }

  /** What its user has not been told yet; for CometD chats only. */
  untold(): readonly Told[] {
    const { position, isBehindAll } = this.place;
    const lines = this.lines.map((line, index) => ({ line, position: index + 2 }));
    return [
      ...(position < 1 ? (['start'] as const) : []),
      ...lines.filter((told) => told.position > position),
      ...(this.isEnded && !(isBehindAll && position === this.end) ? (['end'] as const) : []),
    ];
  }

  /** He has been told everything up to now. */
  tell(): void {
    this.place = { position: this.end, isBehindAll: this.isEnded };
  }

  /** He wants to be told again what came after a position. */
  resumeAt(position: number): void {
    if (position !== this.place.position) this.place = { position, isBehindAll: false };
  }

  private refusalOf(user: string | undefined): Expected | undefined {
    if (!this.isFor(user)) return { refused: 404 };
    return this.isStarted ? undefined : { refused: 503 };
  }

  private speak(
    user: string | undefined,
    key: string | undefined,
    position: number | undefined,
    say: () => Line | undefined,
  ): Expected {
    const refusal = this.refusalOf(user);
    if (refusal !== undefined) return refusal;
    const earlier = key === undefined ? undefined : this.remembered.get(key);
    if (earlier !== undefined) return this.reply('TRANSCRIPT', earlier.from, earlier.to);
    const line = this.isEnded ? undefined : say();
    if (line === undefined) return this.shown(position ?? this.cursor);
    const from = Math.min(position ?? this.cursor, this.end);
    this.lines.push(line);
    if (key !== undefined) this.remembered.set(key, { from, to: this.end });
    return this.shown(from);
  }

  /** A reply up to the end, which the cursor follows. */
  private shown(from: number): Shown {
    this.cursor = this.end;
    return this.reply(this.isEnded ? 'DISCONNECTED' : 'TRANSCRIPT', from, this.end);
  }

  private reply(state: Shown['state'], from: number, to: number): Shown {
    const lines = this.isComet ? [] : this.lines.slice(Math.max(0, from - 1), Math.max(0, to - 1));
    return { state, position: to, lines };
  }

  private typed(speaker: Speaker): Line | undefined {
    if (this.typing.has(speaker)) return undefined;
    this.typing.add(speaker);
    return ['Notice.TypingStarted', ...this.said(speaker, 'is typing')];
  }

  private said(speaker: Speaker, text: string): [nickname: string, text: string, party: string] {
    const [nickname, party] = NAMES[speaker];
    return [nickname, text, party];
  }
}
