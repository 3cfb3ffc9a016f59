import { lookup as resolveName, type LookupAddress } from 'node:dns';
import { type IncomingMessage, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { AddressRules } from './address-rules.js';

/** What came back. */
export interface SafeReply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** A call that did not come to an answer. `forbidden`: it may not be made at all; anything else may work later. */
export class CallError extends Error {
  override readonly name = 'CallError';
  constructor(
    readonly kind: 'forbidden' | 'failed',
    /** A few words without address, path or content. */
    readonly reason: string,
  ) {
    super(reason);
  }
}

const TIME_MS = 3_000;
const REPLY_MAX_BYTES = 65_536;

interface Call {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/**
 * POSTs to addresses that others may have named: each resolved address is judged, and the one that was judged is the one
 * that is called; no redirects, 3 seconds, 64 KiB.
 */
export class SafeHttp {
  constructor(
    private readonly rules: AddressRules,
    private readonly timeMs = TIME_MS,
  ) {}

  /** @throws CallError */
  async post(url: URL, { headers, body }: Call): Promise<SafeReply> {
    if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new CallError('forbidden', 'not a web address');
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    // Names are judged when they are resolved; addresses never are resolved.
    if (isIP(host) !== 0 && !this.rules.allows(host)) throw new CallError('forbidden', 'the address is not allowed');
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => {
        reject(error instanceof CallError ? error : new CallError('failed', codeOf(error)));
      };
      const outgoing = started(() =>
        send(url, {
          method: 'POST',
          agent: false,
          lookup: this.lookup,
          signal: AbortSignal.timeout(this.timeMs),
          headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
        }),
      );
      outgoing.on('error', fail);
      let hasAnswer = false;
      // After a 101, which nobody asked for, there is neither an answer nor an error.
      outgoing.on('close', () => {
        if (!hasAnswer) fail(new Error('no answer'));
      });
      outgoing.on('response', (incoming) => {
        hasAnswer = true;
        const parts: Buffer[] = [];
        let size = 0;
        incoming.on('error', fail);
        incoming.on('data', (part: Buffer) => {
          size += part.length;
          if (size > REPLY_MAX_BYTES) outgoing.destroy(new CallError('failed', 'the answer is too long'));
          else parts.push(part);
        });
        incoming.on('end', () => {
          const text = Buffer.concat(parts).toString('utf8');
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text });
        });
      });
      outgoing.end(body);
    });
  }

  /** One forbidden address among those of a name, and none of them is called: the next answer may be another. */
  private readonly lookup: LookupFunction = (hostname, options, done) => {
    resolveName(hostname, { all: true }, (error, addresses: readonly LookupAddress[]) => {
      const [first] = (addresses as readonly LookupAddress[] | undefined) ?? [];
      if (error !== null || first === undefined) {
        done(error ?? new Error('ENOTFOUND'), '', 4);
      } else if (!addresses.every(({ address }) => this.rules.allows(address))) {
        done(new CallError('forbidden', 'the name leads to an address that is not allowed'), '', 4);
      } else if (options.all === true) {
        done(null, [...addresses]);
      } else {
        done(null, first.address, first.family);
      }
    });
  };
}

/** A header that cannot be sent is refused at once; the words of that error hold names of ours only, but are not needed. */
const started = <T>(start: () => T): T => {
  try {
    return start();
  } catch {
    throw new CallError('forbidden', 'the request cannot be made');
  }
};

const codeOf = (error: Error): string => {
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'no answer in time';
  return 'code' in error && typeof error.code === 'string' ? error.code : 'the call failed';
};
