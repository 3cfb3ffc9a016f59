import { randomBytes } from 'node:crypto';
import type { BayeuxEngine, HandshakeResult, HoldRequest, HoldResult } from './engine.js';

interface Entry {
  readonly channel: string;
  readonly message: string;
}

interface User {
  readonly log: Entry[];
  /** How many entries some client of his certainly has: where the next handshake goes on. */
  place: number;
}

interface Batch {
  readonly n: number;
  readonly messages: readonly string[];
  /** How many entries of the log the client has once it has the batch. */
  readonly place: number;
}

interface Client {
  readonly user: User;
  readonly userName: string;
  readonly channels: Set<string>;
  place: number;
  batches: number;
  batch: Batch | undefined;
  /** Rises with every connect: who finds another number than his own has been taken over from. */
  cycle: number;
  isEnded: boolean;
  wake: (() => void) | undefined;
}

/** All of it in this process: the fake of tests, and the plainest account of what an engine does. */
export class MemoryEngine implements BayeuxEngine {
  private readonly users = new Map<string, User>();
  private readonly clients = new Map<string, Client>();

  /** @param clientsPerUser - one more is refused */
  constructor(private readonly clientsPerUser = 10) {}

  /** Delivers a message to all clients of a user that subscribed to the channel. Gives its position, from 1. */
  deliver(user: string, channel: string, message: string): number {
    const { log } = this.userNamed(user);
    const position = log.push({ channel, message });
    for (const client of this.clientsOf(user)) client.wake?.();
    return position;
  }

  /** How many connects a client has made; 0 for an unknown one. */
  connectsOf(clientId: string): number {
    return this.clients.get(clientId)?.cycle ?? 0;
  }

  /** Ends a client that stays away. */
  expire(clientId: string): void {
    const client = this.clients.get(clientId);
    this.clients.delete(clientId);
    client?.wake?.();
  }

  handshake({ user: userName }: { readonly user: string }): Promise<HandshakeResult> {
    if (this.clientsOf(userName).length >= this.clientsPerUser) {
      return Promise.resolve({ outcome: 'refused', reason: 'too many clients' });
    }
    const user = this.userNamed(userName);
    const clientId = randomBytes(16).toString('base64url');
    this.clients.set(clientId, {
      user,
      userName,
      channels: new Set(),
      place: user.place,
      batches: 0,
      batch: undefined,
      cycle: 0,
      isEnded: false,
      wake: undefined,
    });
    return Promise.resolve({ outcome: 'created', clientId });
  }

  userOf(clientId: string): Promise<string | undefined> {
    return Promise.resolve(this.clients.get(clientId)?.userName);
  }

  subscribe(clientId: string, user: string, channel: string): Promise<boolean> {
    const client = this.find(clientId, user);
    client?.channels.add(channel);
    client?.wake?.();
    return Promise.resolve(client !== undefined);
  }

  unsubscribe(clientId: string, user: string, channel: string): Promise<boolean> {
    const client = this.find(clientId, user);
    client?.channels.delete(channel);
    return Promise.resolve(client !== undefined);
  }

  async connect({ clientId, user, ack, signal, isImmediate }: HoldRequest): Promise<HoldResult> {
    const client = this.find(clientId, user);
    if (client === undefined) return { outcome: 'unknown-client' };
    client.cycle += 1;
    const { cycle } = client;
    const isFirst = cycle === 1;
    client.wake?.();
    if (ack !== undefined && ack === client.batch?.n) this.commit(client, client.batch);
    for (;;) {
      if (client.cycle !== cycle) return { outcome: 'superseded' };
      const batch = (client.batch ??= this.collect(client));
      if (batch !== undefined) return { outcome: 'delivered', messages: batch.messages, batch: batch.n, isFirst };
      if (isImmediate || isFirst || signal.aborted) {
        return {
          outcome: 'nothing',
          batch: ack === undefined && client.batches === 0 ? null : client.batches,
          isFirst,
        };
      }
      await new Promise<void>((resolve) => {
        client.wake = resolve;
        signal.addEventListener('abort', resolve, { once: true });
      });
      if (this.clients.get(clientId) !== client) return { outcome: client.isEnded ? 'ended' : 'unknown-client' };
    }
  }

  written(clientId: string, user: string, batch: number): Promise<void> {
    const client = this.find(clientId, user);
    if (client?.batch?.n === batch) this.commit(client, client.batch);
    return Promise.resolve();
  }

  disconnect(clientId: string, userName: string, resumeAfter: number | undefined): Promise<boolean> {
    const client = this.clients.get(clientId);
    const isHis = client?.userName === userName;
    if (resumeAfter !== undefined && (isHis || client === undefined)) {
      const user = this.userNamed(userName);
      user.place = Math.min(resumeAfter, user.log.length);
    }
    if (isHis) {
      client.isEnded = true;
      this.expire(clientId);
    }
    return Promise.resolve(isHis);
  }

  private collect(client: Client): Batch | undefined {
    const { log } = client.user;
    const news = log.slice(client.place).filter(({ channel }) => client.channels.has(channel));
    if (news.length === 0) return undefined;
    client.batches += 1;
    return { n: client.batches, messages: news.map(({ message }) => message), place: log.length };
  }

  private commit(client: Client, batch: Batch): void {
    client.batch = undefined;
    client.place = batch.place;
    client.user.place = Math.max(client.user.place, batch.place);
    client.wake?.();
  }

  private find(clientId: string, user: string): Client | undefined {
    const client = this.clients.get(clientId);
    return client?.userName === user ? client : undefined;
  }

  private clientsOf(userName: string): readonly Client[] {
    return [...this.clients.values()].filter((client) => client.userName === userName);
  }

  private userNamed(name: string): User {
    let user = this.users.get(name);
    if (user === undefined) this.users.set(name, (user = { log: [], place: 0 }));
    return user;
  }
}
