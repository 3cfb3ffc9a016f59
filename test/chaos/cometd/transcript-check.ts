import type { WireEvent } from '../../conformance/customer.js';

/** What an application noted, in order. */
export type Seen =
  | {
      readonly kind: 'message';
      readonly sessionId: string;
      readonly state: string;
      readonly position: number;
      readonly events: readonly WireEvent[];
    }
  /** A connect was answered: the next one will tell the server that all before has arrived. */
  | { readonly kind: 'answered' }
  /** The application has a new clientId; `resumeAfter` is the position that it left behind when it went away. */
  | { readonly kind: 'new client'; readonly resumeAfter?: number };

/** The chat as the store has it when everything is over. */
export interface StoredChat {
  readonly user: string;
  readonly sessionId: string;
  /** What the customer sees, from position 2 on, without holes. */
  readonly events: readonly WireEvent[];
}

export type ViolationKind = 'lost' | 'doubled' | 'out of order' | 'another user’s' | 'wrong position';

export interface Violation {
  readonly kind: ViolationKind;
  readonly user: string;
  /** What is wrong, in words. */
  readonly what: string;
}

export interface Verdict {
  readonly violations: readonly Violation[];
  /** Events shown for the first time. */
  readonly shown: number;
  /** Events that came again rightly: after a new handshake, those whose arrival the server could not know of. */
  readonly again: number;
}

/** The start of a chat has position 1; its end has none of its own and counts as one more than the last event. */
const START = 1;

const keyOf = (event: WireEvent): string => JSON.stringify(event);

/**
 * Compares what one application was shown with the store. The start of the chat, its events and its end are one row of
 * items; each must come once and in order. A new client may be sent again what the one before it had not confirmed,
 * and nothing else.
 */
export class TranscriptCheck {
  private readonly violations: Violation[] = [];
  private readonly shown = new Set<number>();
  private readonly placeOf: ReadonlyMap<string, number>;
  private again = 0;
  /** The item that came last. */
  private cursor = 0;
  /** Up to here the server has been told that items have arrived. */
  private confirmed = 0;
  /** Up to here they had arrived when a connect was last answered. */
  private answered = 0;
  /** Where the first message to a new client may begin; undefined once it has come. */
  private start: { readonly from: number; readonly to: number } | undefined;

  private constructor(
    private readonly chat: StoredChat,
    private readonly others: readonly StoredChat[],
  ) {
    this.placeOf = new Map(chat.events.map((event, index) => [keyOf(event), index + START + 1]));
  }

  static run(seen: readonly Seen[], chat: StoredChat, others: readonly StoredChat[] = []): Verdict {
    const check = new TranscriptCheck(chat, others);
    for (const one of seen) check.take(one);
    check.lookForLost();
    return { violations: check.violations, shown: check.shown.size, again: check.again };
  }

  private get end(): number {
    return this.chat.events.length + START + 1;
  }

  private take(seen: Seen): void {
    switch (seen.kind) {
      case 'answered':
        this.confirmed = this.answered;
        if (this.start === undefined) this.answered = this.cursor;
        break;
      case 'new client':
        this.begin(seen.resumeAfter);
        break;
      case 'message':
        this.takeMessage(seen);
        break;
    }
  }

  private begin(resumeAfter: number | undefined): void {
    if (resumeAfter !== undefined) {
      this.cursor = this.confirmed = this.answered = resumeAfter;
      this.start = { from: resumeAfter + 1, to: resumeAfter + 1 };
    } else {
      // A client that was sent nothing leaves things as they were.
      this.start ??= { from: this.confirmed + 1, to: this.cursor + 1 };
    }
  }

  private takeMessage({ sessionId, state, position, events }: Extract<Seen, { kind: 'message' }>): void {
    if (sessionId !== this.chat.sessionId) {
      this.complain('another user’s', `a message of ${this.ownerOf(sessionId)}`);
      return;
    }
    if (events.length === 0) {
      const isEnd = state === 'DISCONNECTED';
      const expected = isEnd ? this.end - 1 : START;
      if (position === expected) this.takeItem(isEnd ? this.end : START);
      else {
        this.complain('wrong position', `the ${isEnd ? 'end' : 'start'} of the chat at ${position}, not ${expected}`);
      }
      return;
    }
    for (const [index, event] of events.entries()) this.takeEvent(event, position - (events.length - 1) + index);
  }

  private takeEvent(event: WireEvent, claimed: number): void {
    const stored = this.chat.events[claimed - START - 1];
    if (stored !== undefined && keyOf(stored) === keyOf(event)) {
      this.takeItem(claimed);
      return;
    }
    const place = this.placeOf.get(keyOf(event));
    if (place !== undefined) {
      this.complain('wrong position', `event ${place} came as ${claimed}`);
      this.takeItem(place);
      return;
    }
    const owner = this.others.find(({ events }) => events.some((other) => keyOf(other) === keyOf(event)));
    if (owner === undefined) this.complain('wrong position', `an event at ${claimed} that the store does not have`);
    else this.complain('another user’s', `an event of ${owner.user}`);
  }

  private takeItem(item: number): void {
    const { start } = this;
    const isNew = !this.shown.has(item);
    if (start !== undefined) {
      this.start = undefined;
      // Where the server begins is what it had been told.
      this.confirmed = this.answered = Math.min(item - 1, start.to - 1);
      if (item < start.from) this.complain('doubled', `a new client was sent ${item} again, ${start.from} was due`);
      else if (!isNew) this.again += 1;
      this.lookForSkipped(start.to, item);
      this.cursor = item;
    } else if (item > this.cursor) {
      if (!isNew) this.again += 1;
      this.lookForSkipped(this.cursor + 1, item);
      this.cursor = item;
    } else {
      this.complain(isNew ? 'out of order' : 'doubled', `${item} after ${this.cursor}`);
    }
    this.shown.add(item);
  }

  /** Items that are left out either come later, out of order, or are lost; those that were to come again are left out here. */
  private lookForSkipped(due: number, item: number): void {
    if (item > due && this.shown.has(due)) this.complain('lost', `${due} was to come again, before ${item}`);
  }

  private lookForLost(): void {
    for (let item = START; item <= this.end; item += 1) {
      if (!this.shown.has(item)) this.complain('lost', item === this.end ? 'the end of the chat' : `event ${item}`);
    }
  }

  private ownerOf(sessionId: string): string {
    return this.others.find((other) => other.sessionId === sessionId)?.user ?? `an unknown session ${sessionId}`;
  }

  private complain(kind: ViolationKind, what: string): void {
    this.violations.push({ kind, user: this.chat.user, what });
  }
}

/** What somebody wrote, and at which position he was told it is; undefined where nobody is told. */
export interface Written {
  readonly text: string;
  readonly position: number | undefined;
}

/** Compares the store with what was written: every text once, nothing else, at the position that was answered. */
export const checkStore = (chat: StoredChat, written: readonly Written[]): readonly Violation[] => {
  const violations: Violation[] = [];
  const complain = (kind: ViolationKind, what: string): void => {
    violations.push({ kind, user: chat.user, what: `${what} in the store` });
  };
  const places = new Map<string, number[]>();
  for (const [index, [type, , text]] of chat.events.entries()) {
    if (type === 'Message.Text') places.set(text, [...(places.get(text) ?? []), index + START + 1]);
  }
  for (const { text, position } of written) {
    const found = places.get(text) ?? [];
    places.delete(text);
    if (found.length === 0) complain('lost', `"${text}"`);
    if (found.length > 1) complain('doubled', `"${text}"`);
    if (position !== undefined && found.length === 1 && found[0] !== position) {
      complain('wrong position', `"${text}", answered ${position}, ${found[0] ?? 0}`);
    }
  }
  for (const text of places.keys()) complain('another user’s', `"${text}"`);
  return violations;
};
