/** What a driver is to send, and where. */
export interface Load {
  /** Ports on 127.0.0.1; each request goes to one of them at random. */
  readonly ports: readonly number[];
  /** Requests in flight at once. Requests take turns, so with more requests than connections none overlaps itself. */
  readonly connections: number;
  /** Whole HTTP/1.1 requests. */
  readonly requests: readonly string[];
}

/** When a round ends: after a time, or when each request has been sent once. */
export type RoundEnd = { readonly seconds: number } | 'each-once';

export interface RoundResult {
  readonly requests: number;
  /** Of the whole round, in milliseconds. */
  readonly elapsedMs: number;
  /** Latency of a request, in milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Length of a reply's body in bytes, on average. */
  readonly bodyBytes: number;
}

/** A POST of a form. */
export const formRequest = (path: string, form: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${Buffer.byteLength(form)}\r\n\r\n${form}`;

export const getRequest = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`;
