/** A request and its answer, or something that was pushed, as the inspector shows it. */
export interface Exchange {
  readonly id: number;
  readonly atMs: number;
  readonly kind: 'request' | 'push';
  readonly title: string;
  /** Those that matter to the server. */
  readonly headers: Readonly<Record<string, string>>;
  /** What was sent; '' for a push. */
  readonly sent: string;
  /** What came, as JSON where it is. */
  readonly came: string;
  readonly status: string;
  readonly tookMs: number;
  /** The request as a command line; '' for a push. */
  readonly curl: string;
}

/** The newest that are kept. */
const EXCHANGES_MAX = 200;

let ids = 0;

export const newExchange = (exchange: Omit<Exchange, 'id' | 'atMs'>): Exchange => {
  ids += 1;
  return { ...exchange, id: ids, atMs: Date.now() };
};

/** Newest first. */
export const keepExchange = (exchanges: readonly Exchange[], exchange: Exchange): readonly Exchange[] =>
  [exchange, ...exchanges].slice(0, EXCHANGES_MAX);

export const pretty = (text: string): string => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};

/** A request for a terminal: with the fields of a form, or with a body as it is. */
export interface CommandLine {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One word for a POSIX shell, whatever stands in it. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** The same request for a terminal. */
export const curlOf = ({ method, url, headers, form = {}, body }: CommandLine): string =>
  [
    `curl -X ${method}`,
    ...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...Object.entries(form).map(([name, value]) => `--data-urlencode ${quoted(`${name}=${value}`)}`),
    ...(body === undefined ? [] : [`--data-raw ${quoted(body)}`]),
    quoted(url),
  ].join(' ');
