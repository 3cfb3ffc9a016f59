import { createRequire } from 'node:module';
import FayeServer, { type FayeEngine, type FayeMessage, type FayeReply } from 'faye/src/protocol/server.js';

const require = createRequire(import.meta.url);

/** Writes down what faye asks of its engine. */
class WatchedEngine implements FayeEngine {
  readonly asked: string[] = [];
  readonly interval = 0;
  readonly timeout = 60;

  createClient(callback: (clientId: string) => void, context: unknown): void {
    this.asked.push('createClient');
    callback.call(context, 'new-client');
  }

  clientExists(clientId: string | undefined, callback: (exists: boolean) => void, context: unknown): void {
    this.asked.push(`clientExists ${clientId}`);
    callback.call(context, clientId === 'known');
  }

  destroyClient(clientId: string): void {
    this.asked.push(`destroyClient ${clientId}`);
  }

  subscribe(clientId: string, channel: string): void {
    this.asked.push(`subscribe ${clientId} ${channel}`);
  }

  unsubscribe(clientId: string, channel: string): void {
    this.asked.push(`unsubscribe ${clientId} ${channel}`);
  }

  publish({ channel }: FayeMessage): void {
    this.asked.push(`publish ${channel}`);
  }

  connect(clientId: string, advice: unknown, callback: (events: readonly unknown[]) => void): void {
    this.asked.push(`connect ${clientId} ${String(advice)}`);
    callback([]);
  }
}

describe('what is used of faye', () => {
  const inert = { type: { create: () => ({ disconnect: () => undefined }) } };
  const shared = new FayeServer({ timeout: 60, engine: inert });

  const process = (message: FayeMessage): { replies: readonly FayeReply[]; asked: readonly string[] } => {
    const engine = new WatchedEngine();
    const server = Object.create(shared) as FayeServer;
    server._engine = engine;
    let replies: readonly FayeReply[] = [];
    server.process(message, {}, (all) => {
      replies = all;
    });
    return { replies, asked: engine.asked };
  };

  it('is version 1.4.3', () => {
    expect((require('faye/package.json') as { version: string }).version).toBe('1.4.3');
  });

  it('is a server whose engine is found by this name, and which an object derived from it can replace', () => {
    expect(Object.keys(shared)).toContain('_engine');
    const own = shared._engine;
    process({ channel: '/meta/connect', clientId: 'known', connectionType: 'long-polling' });
    expect(shared._engine).toBe(own);
  });

  it('makes the client of a handshake by the engine', () => {
    const { replies, asked } = process({
      channel: '/meta/handshake',
      version: '1.0',
      supportedConnectionTypes: ['long-polling', 'callback-polling', 'websocket'],
    });
    expect(asked).toEqual(['createClient']);
    expect(replies).toMatchObject([{ successful: true, clientId: 'new-client', version: '1.0' }]);
  });

  it('makes no client when no connection type is common', () => {
    const { replies, asked } = process({ channel: '/meta/handshake', version: '1.0', supportedConnectionTypes: [] });
    expect(asked).toEqual([]);
    expect(replies).toMatchObject([{ successful: false, error: '301::Connection types not supported' }]);
  });

  it.each(['long-polling', 'callback-polling', 'websocket'])(
    'asks for the client of a %s connect',
    (connectionType) => {
      const { replies, asked } = process({ channel: '/meta/connect', clientId: 'known', connectionType });
      expect(asked).toEqual(['clientExists known', 'connect known undefined']);
      expect(replies).toMatchObject([{ channel: '/meta/connect', successful: true }]);
    },
  );

  it.each([
    ['/meta/subscribe', 'subscribe'],
    ['/meta/unsubscribe', 'unsubscribe'],
  ])('asks for the client of a %s and only then for the rest', (channel, verb) => {
    const subscription = ['/_genesys'];
    const { replies, asked } = process({ channel, clientId: 'known', subscription });
    expect(asked).toEqual(['clientExists known', `${verb} known /_genesys`]);
    expect(replies).toMatchObject([{ channel, successful: true, subscription }]);
    const unknown = process({ channel, clientId: 'unknown', subscription: '/_genesys' });
    expect(unknown.asked).toEqual(['clientExists unknown']);
    expect(unknown.replies).toMatchObject([{ successful: false, error: '401:unknown:Unknown client' }]);
  });

  it('ends a client by a disconnect', () => {
    expect(process({ channel: '/meta/disconnect', clientId: 'known' })).toMatchObject({
      asked: ['clientExists known', 'destroyClient known'],
      replies: [{ channel: '/meta/disconnect', successful: true }],
    });
    expect(process({ channel: '/meta/disconnect', clientId: 'unknown' }).replies).toMatchObject([
      { successful: false },
    ]);
  });

  it('refuses meta channels that there are not, and asks nothing', () => {
    const { replies, asked } = process({ channel: '/meta/status' });
    expect(asked).toEqual([]);
    expect(replies).toMatchObject([{ successful: false, error: '403:/meta/status:Forbidden channel' }]);
  });

  it('waits for an engine that answers later', async () => {
    const engine = new WatchedEngine();
    engine.clientExists = (_clientId, callback, context) => {
      setImmediate(() => {
        callback.call(context, true);
      });
    };
    const server = Object.create(shared) as FayeServer;
    server._engine = engine;
    const replies = await new Promise<readonly FayeReply[]>((resolve) => {
      server.process({ channel: '/meta/disconnect', clientId: 'known' }, {}, resolve);
    });
    expect(replies).toMatchObject([{ successful: true }]);
  });
});
