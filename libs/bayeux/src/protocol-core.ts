import FayeServer, { type FayeEngine, type FayeMessage, type FayeReply } from 'faye/src/protocol/server.js';

/** What one message does to the clients, when faye finds that it may. */
export interface CoreVerbs {
  /** Makes the client of a handshake and gives its id. */
  createClient(): Promise<string>;
  /** Does what the message asks for a client; false when there is no such client. */
  clientExists(): Promise<boolean> | true;
}

/** Tells faye that it is no client inside this process. */
const REMOTE = {};

/** A message's own engine: what faye asks is asked about that message, so the caller's closure knows user and ext. */
class MessageEngine implements FayeEngine {
  readonly interval = 0;
  readonly timeout = 60;

  constructor(
    private readonly verbs: CoreVerbs,
    private readonly fail: (reason: unknown) => void,
  ) {}

  createClient(callback: (clientId: string) => void, context: unknown): void {
    this.verbs
      .createClient()
      .then((clientId) => {
        callback.call(context, clientId);
      })
      .catch(this.fail);
  }

  clientExists(_clientId: string | undefined, callback: (exists: boolean) => void, context: unknown): void {
    const exists = this.verbs.clientExists();
    if (exists === true) {
      callback.call(context, true);
      return;
    }
    exists
      .then((answer) => {
        callback.call(context, answer);
      })
      .catch(this.fail);
  }

  /** Connects are held outside: what faye would keep for each is more than all the rest of a hold. */
  connect(_clientId: string, _advice: unknown, callback: (events: readonly unknown[]) => void): void {
    callback([]);
  }

  destroyClient(): void {
    // Done by `clientExists`, which alone can still say that there is no such client. The next two, too.
  }

  subscribe(): void {
    // see above
  }

  unsubscribe(): void {
    // see above
  }

  publish(): void {
    throw new Error('a publication reached the core; the protocol refuses them all');
  }
}

/**
 * Faye's protocol core, one message at a time. Its engine proxy does not delegate connects and its callbacks know
 * nothing of the request, so each message gets a server that differs from the shared one in its engine only. (An
 * AsyncLocalStorage would do the same and triples the cost of every `await` of the process on Node 20.)
 */
export class ProtocolCore {
  private readonly server = new FayeServer({
    timeout: 60,
    engine: { type: { create: () => ({ disconnect: () => undefined }) } },
  });

  handle(message: FayeMessage, verbs: CoreVerbs): Promise<FayeReply> {
    return new Promise((resolve, reject) => {
      const server = Object.create(this.server) as FayeServer;
      server._engine = new MessageEngine(verbs, reject);
      server.process(message, REMOTE, ([reply]) => {
        if (reply === undefined) reject(new Error(`the core did not answer ${message.channel}`));
        else resolve(reply);
      });
    });
  }
}
