import { curlOf, type Exchange, newExchange, pretty } from './exchange.js';
import type { Batch } from './transcript.js';

/** What a form says, by name. */
export type Form = Readonly<Record<string, string>>;

/** The server refused; `status` is what applications go by. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Nothing came back: the request may have been done or not. */
export class NoAnswer extends Error {
  constructor() {
    super('the server does not answer');
  }
}

export interface CreatedService {
  readonly _id: string;
}

/** What an advanced service shows. */
export interface ServiceStatus {
  readonly message: { readonly _id: string; readonly _status: string; readonly _dialog: string };
}

const SERVICE = '/genesys/1/service';

/** The calls of the v1 API that a chat needs: forms in, JSON out. */
export class V1Client {
  constructor(
    /** Who the end user is; a real application's gateway sets this header. */
    private readonly user: string,
    private readonly onExchange: (exchange: Exchange) => void,
  ) {}

  create(serviceName: string, form: Form): Promise<CreatedService> {
    return this.call('POST', `${SERVICE}/${serviceName}`, form) as Promise<CreatedService>;
  }

  status(id: string): Promise<ServiceStatus> {
    return this.call('POST', `${SERVICE}/${id}/status`) as Promise<ServiceStatus>;
  }

  /** Asked again for a chat that there is already, it changes nothing. */
  startChat(id: string, form: Form): Promise<Batch> {
    return this.call('POST', `${SERVICE}/${id}/ixn/chat`, form) as Promise<Batch>;
  }

  /** `refresh`, `startTyping`, `stopTyping`, `disconnect` */
  chat(id: string, operation: string, form: Form = {}): Promise<Batch> {
    return this.call('POST', `${SERVICE}/${id}/ixn/chat/${operation}`, form) as Promise<Batch>;
  }

  /** @param key - the same for every try of the same message: it is kept once, however often it is sent */
  send(id: string, message: string, key: string): Promise<Batch> {
    const path = `${SERVICE}/${id}/ixn/chat/send`;
    return this.call('POST', path, { message }, { 'idempotency-key': key }) as Promise<Batch>;
  }

  /** Gives a service up. */
  async drop(id: string): Promise<void> {
    await this.call('DELETE', `${SERVICE}/${id}`);
  }

  /** @throws Refused, NoAnswer */
  private async call(method: 'POST' | 'DELETE', path: string, form: Form = {}, more: Form = {}): Promise<unknown> {
    const startMs = performance.now();
    const url = `${location.origin}${path}`;
    const headers: Form = { ...(this.user === '' ? {} : { gms_user: this.user }), ...more };
    let status = 'no answer';
    let text = '';
    try {
      const body = method === 'POST' ? { body: new URLSearchParams(form) } : {};
      const reply = await fetch(url, { method, headers, ...body }).catch(() => {
        throw new NoAnswer();
      });
      status = String(reply.status);
      text = await reply.text().catch(() => {
        throw new NoAnswer();
      });
      if (!reply.ok) throw new Refused(reply.status, messageOf(text) ?? `the server answered ${reply.status}`);
      return JSON.parse(text) as unknown;
    } finally {
      this.onExchange(
        newExchange({
          kind: 'request',
          title: `${method} ${path}`,
          headers,
          sent: Object.entries(form)
            .map(([name, value]) => `${name}=${value}`)
            .join('\n'),
          came: pretty(text),
          status,
          tookMs: Math.round(performance.now() - startMs),
          curl: curlOf({ method, url, headers, form }),
        }),
      );
    }
  }
}

const messageOf = (text: string): string | undefined => {
  try {
    return (JSON.parse(text) as { readonly message?: string }).message;
  } catch {
    return undefined;
  }
};
