/** One connected user, as cheap as a client can be: raw sockets, prebuilt requests, nothing parsed. */
export interface PushClient {
  close(): void;
}

/** What a client tells its driver. */
export interface ClientEvents {
  /** Something was pushed, or a poll was answered with nothing. */
  readonly onData: (data: Buffer) => void;
  readonly onBroken: (error: Error) => void;
}

export type Transport = 'long-polling' | 'websocket';

/** What is spoken: by the product, faye, socket.io, and the bare servers. */
export type Dialect = 'parley' | 'faye' | 'socket.io' | 'bare' | 'bare-cursors';

/** Where clients connect to, and how. */
export interface Endpoint {
  readonly port: number;
  readonly dialect: Dialect;
  readonly transport: Transport;
}

/** The name of a user of the benchmarks. */
export const userName = (index: number): string => `customer-${String(index).padStart(5, '0')}`;

/** Resolves when the client has subscribed and waits for its first message. */
export type OpenClient = (port: number, user: string, events: ClientEvents) => Promise<PushClient>;
