import { createRequire } from 'node:module';
import { adapt } from 'cometd-nodejs-client';

/** The releases of the client of CometD that applications in the field have. */
export const MAJORS = [3, 4, 5, 7, 8, 9] as const;
export type Major = (typeof MAJORS)[number];

export const TRANSPORTS = ['long-polling', 'websocket'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** A Bayeux message as the client hands it to its listeners. */
export interface BayeuxReply {
  readonly channel: string;
  readonly clientId?: string;
  readonly successful?: boolean;
  readonly error?: string;
  readonly data?: unknown;
  readonly advice?: { readonly reconnect?: string };
}

type Callback = (message: BayeuxReply) => void;

/** The part that all majors have in common. */
export interface OfficialClient {
  configure(options: {
    readonly url: string;
    readonly logLevel: string;
    readonly backoffIncrement?: number;
    readonly maxBackoff?: number;
  }): void;
  registerExtension(name: string, extension: object): boolean;
  unregisterTransport(type: string): unknown;
  addListener(channel: string, listener: Callback): unknown;
  handshake(callback?: Callback): void;
  subscribe(channel: string, listener: Callback, callback?: Callback): unknown;
  disconnect(properties: object, callback: Callback): void;
  getClientId(): string | null;
  isDisconnected(): boolean;
}

interface OfficialModule {
  readonly CometD: new () => OfficialClient;
  readonly AckExtension: new () => object;
}

/** Up to 7 the packages are CommonJS, with a file for each extension. */
const oldModule = (name: string): OfficialModule => {
  const load = createRequire(import.meta.url);
  const { CometD } = load(name) as Pick<OfficialModule, 'CometD'>;
  const AckExtension = load(`${name}/AckExtension`) as OfficialModule['AckExtension'];
  return { CometD, AckExtension };
};

const moduleOf = async (major: Major): Promise<OfficialModule> => {
  switch (major) {
    case 9:
      return (await import('cometd')) as unknown as OfficialModule;
    case 8:
      return (await import('cometd-8')) as unknown as OfficialModule;
    default:
      return oldModule(`cometd-${major}`);
  }
};

/** The part of a browser's request that matters here. */
interface BrowserRequest {
  onload: (() => void) | undefined;
  onerror: ((error?: unknown) => void) | undefined;
  send(body: string): void;
}

interface BrowserWindow {
  console: object;
  XMLHttpRequest: new () => BrowserRequest;
}

/**
 * A browser tells of the end of a request once; the stand-in for it tells of a torn reply twice. Up to 7 the client throws
 * then, and when a connect ends that it had forgotten at a new handshake; what a listener throws is lost in a browser.
 */
const endingOnce = (Request: new () => BrowserRequest): new () => BrowserRequest =>
  class extends Request {
    override send(body: string): void {
      const { onload, onerror } = this;
      let hasEnded = false;
      const once = (listener: ((error?: unknown) => void) | undefined) => (error?: unknown) => {
        if (hasEnded) return;
        hasEnded = true;
        try {
          listener?.(error);
        } catch (thrown) {
          if (!String(thrown).includes('request mismatch')) throw thrown;
        }
      };
      this.onload = once(onload);
      this.onerror = once(onerror);
      super.send(body);
    }
  };

/** They look for a browser's `window` when they are loaded and later; its console stays silent about faults on purpose. */
const adaptOnce = (): void => {
  const scope = globalThis as unknown as { window?: BrowserWindow };
  if (scope.window !== undefined) return;
  adapt();
  const { window } = globalThis as unknown as { window?: BrowserWindow };
  if (window === undefined) throw new Error('expected the adapter to make a window');
  const silent = (): void => undefined;
  window.console = { debug: silent, info: silent, warn: silent, error: silent };
  window.XMLHttpRequest = endingOnce(window.XMLHttpRequest);
};

export interface OfficialClientOptions {
  readonly major: Major;
  readonly transport: Transport;
  readonly acknowledges: boolean;
  /** Of the Bayeux endpoint. */
  readonly url: string;
  /** Milliseconds by which the pause before another try grows. @defaultValue 1000, as the client has it */
  readonly backoffIncrementMs?: number;
}

/** The client as its makers ship it, with one transport. */
export const officialClient = async (options: OfficialClientOptions): Promise<OfficialClient> => {
  adaptOnce();
  const { CometD, AckExtension } = await moduleOf(options.major);
  const client = new CometD();
  if (options.acknowledges) client.registerExtension('ack', new AckExtension());
  for (const type of ['callback-polling', ...TRANSPORTS]) {
    if (type !== options.transport) client.unregisterTransport(type);
  }
  const { backoffIncrementMs: backoffIncrement = 1_000 } = options;
  client.configure({ url: options.url, logLevel: 'error', backoffIncrement, maxBackoff: 10 * backoffIncrement });
  return client;
};
