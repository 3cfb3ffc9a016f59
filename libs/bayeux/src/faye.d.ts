/** The part of faye's protocol core that is used; test/contract/bayeux-faye-core.spec.ts pins it. */
declare module 'faye/src/protocol/server.js' {
  /** Takes the place of `server._engine`. */
  export interface FayeEngine {
    /** Seconds, for the advice that faye makes; ours replaces it. */
    readonly interval: number;
    readonly timeout: number;
    createClient(callback: (clientId: string) => void, context: unknown): void;
    clientExists(clientId: string | undefined, callback: (exists: boolean) => void, context: unknown): void;
    destroyClient(clientId: string): void;
    subscribe(clientId: string, channel: string): void;
    unsubscribe(clientId: string, channel: string): void;
    publish(message: FayeMessage): void;
    connect(clientId: string, advice: unknown, callback: (events: readonly unknown[]) => void): void;
  }

  export interface FayeMessage {
    channel: string;
    clientId?: string | undefined;
    version?: string;
    supportedConnectionTypes?: readonly string[];
    connectionType?: string;
    subscription?: string | readonly string[] | undefined;
  }

  export interface FayeReply {
    channel: string;
    clientId?: string;
    successful: boolean;
    error?: string;
    version?: string;
    subscription?: string | readonly string[];
  }

  interface FayeServerOptions {
    /** Seconds. */
    readonly timeout: number;
    readonly engine: { readonly type: { create(): { disconnect(): void } } };
  }

  export default class FayeServer {
    _engine: FayeEngine;
    constructor(options: FayeServerOptions);
    /** `request` null would mean a client inside this process, which may do everything. */
    process(messages: FayeMessage, request: object, callback: (replies: FayeReply[]) => void): void;
  }
}
