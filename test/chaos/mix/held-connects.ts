import { HttpClient, type HttpReply } from '../../support/http.js';

const PATH = '/genesys/cometd';
/** Longer than any fault lasts, in milliseconds. */
const HOLD_LIMIT_MS = 60_000;
/** What is opened at once. */
const AT_ONCE = 25;

interface BayeuxReply {
  readonly channel: string;
  readonly clientId?: string;
  readonly successful?: boolean;
}

/** Many Bayeux clients whose connects one gateway holds. */
export class HeldConnects {
  private readonly clients: { readonly user: string; readonly clientId: string }[] = [];
  private readonly door: HttpClient;

  constructor(
    origin: string,
    /** What their users' names begin with. */
    private readonly name: string,
  ) {
    this.door = new HttpClient(origin);
  }

  /** Opens them and has them held. @returns how many could be opened */
  async open(count: number): Promise<number> {
    for (let first = 0; first < count; first += AT_ONCE) {
      const some = Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, index) => this.openOne(first + index));
      await Promise.all(some);
    }
    return this.clients.length;
  }

  /** Each goes on at another gateway. @returns how many were known there */
  async goOnAt(origin: string): Promise<number> {
    const other = new HttpClient(origin);
    try {
      const answers = await Promise.all(
        this.clients.map(({ user, clientId }) =>
          this.ask(other, user, { ...connect(clientId), advice: { timeout: 0 } }).catch(() => undefined),
        ),
      );
      return answers.filter((answer) => answer?.successful).length;
    } finally {
      other.close();
    }
  }

  close(): void {
    this.door.close();
  }

  private async openOne(index: number): Promise<void> {
    const user = `${this.name}-${index + 1}`;
    try {
      const made = await this.ask(this.door, user, { channel: '/meta/handshake', version: '1.0' });
      const { clientId } = made ?? {};
      if (clientId === undefined) return;
      // The first connect is answered at once, the next one is held.
      await this.ask(this.door, user, connect(clientId));
      this.ask(this.door, user, connect(clientId), HOLD_LIMIT_MS).catch(() => undefined);
      this.clients.push({ user, clientId });
    } catch {
      // It counts as not opened.
    }
  }

  private async ask(
    door: HttpClient,
    user: string,
    message: object,
    timeoutMs = 10_000,
  ): Promise<BayeuxReply | undefined> {
    const reply: HttpReply = await door.post(PATH, { json: [message], headers: { gms_user: user }, timeoutMs });
    if (reply.status !== 200) return undefined;
    return (reply.json() as readonly BayeuxReply[]).find(({ channel }) => channel.startsWith('/meta/'));
  }
}

const connect = (clientId: string): object => ({ channel: '/meta/connect', clientId, connectionType: 'long-polling' });
