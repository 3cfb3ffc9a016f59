/** Who sends a Bayeux request. */
export interface BayeuxPeer {
  /** The end user, from a header that a trusted peer set; undefined when there is none. */
  readonly user: string | undefined;
  /** Where the request came from. */
  readonly address: string;
}

/** What a connect may bring back. */
export interface Delivery {
  /** Messages to write before the connect reply, each as JSON text of a whole Bayeux message. */
  readonly messages: readonly string[];
  /** The number of the batch, for the acknowledgement extension; null when nothing was ever delivered to a client without it. */
  readonly batch: number | null;
}

/** What ends a hold. An AbortSignal is one; the protocol's own is a tenth of its size, and there is one for every held connect. */
export interface HoldSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { readonly once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** What a held connect is waiting for. */
export interface HoldRequest {
  readonly clientId: string;
  readonly user: string;
  /** The number of the last batch that the client says it has, 0 for none; undefined when it does not acknowledge. */
  readonly ack: number | undefined;
  /** Aborted when the connect need not be held any longer: its time is up, its socket closed, the gateway drains. */
  readonly signal: HoldSignal;
  /** Answer at once, with what there is. */
  readonly isImmediate: boolean;
}

/** Beside what a connect brings back. */
interface Answered {
  /** This is the client's first connect on any gateway: it is not held, and it is told the advice. @defaultValue false */
  readonly isFirst?: boolean;
}

/**
 * Why a connect came back. `superseded`: a newer connect of the same client took over, here or on another gateway.
 * `ended`: the client was disconnected while this connect was held; an engine that cannot tell says `unknown-client`.
 */
export type HoldResult =
  | ({ readonly outcome: 'delivered' } & Delivery & Answered)
  | ({ readonly outcome: 'nothing' } & Pick<Delivery, 'batch'> & Answered)
  | { readonly outcome: 'superseded' }
  | { readonly outcome: 'ended' }
  | { readonly outcome: 'unknown-client' };

export type HandshakeResult =
  { readonly outcome: 'created'; readonly clientId: string } | { readonly outcome: 'refused'; readonly reason: string };

/**
 * What stands behind the protocol: clients, their subscriptions and what is to be delivered to them. Knows nothing of
 * HTTP; the protocol knows nothing of chats. Any gateway may be asked about any client.
 * @throws StoreUnavailableError by every verb, when the store does not answer in time
 */
export interface BayeuxEngine {
  /** Makes a client of a user. `refused` when he has too many. */
  handshake(request: { readonly user: string }): Promise<HandshakeResult>;
  /** The user that a client belongs to, so that requests whose peers cannot send his name still have one; undefined for an unknown client. */
  userOf(clientId: string): Promise<string | undefined>;
  /** False when there is no such client, or it belongs to another user. Subscribing twice is subscribing once. */
  subscribe(clientId: string, user: string, channel: string): Promise<boolean>;
  unsubscribe(clientId: string, user: string, channel: string): Promise<boolean>;
  /**
   * Waits until there is something to deliver, or no reason to wait any longer. Never waits at a client's first connect.
   * Whether a client acknowledges is what its connects say, not its handshake: some ask for it there and never do it.
   */
  connect(request: HoldRequest): Promise<HoldResult>;
  /** The reply with a batch has been written to the client's socket: a client that does not acknowledge has it. */
  written(clientId: string, user: string, batch: number): Promise<void>;
  /**
   * Ends a client. `resumeAfter` (a transcript position) puts the user's place back or forward; it counts for a client
   * that has expired already, too.
   */
  disconnect(clientId: string, user: string, resumeAfter: number | undefined): Promise<boolean>;
}
