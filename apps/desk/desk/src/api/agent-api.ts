/** What the server refused, or why nothing is known of an answer. */
export class ApiProblem extends Error {
  /**
   * @param status - of the HTTP answer; 0: there was none
   * @param code - the answer's `exception`; empty where it has none
   */
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }

  /** The same command with the same key may well succeed. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }

  /** The token is of no use any more. */
  get isAboutToken(): boolean {
    return this.status === 401;
  }
}

export interface CallOptions {
  readonly body?: Readonly<Record<string, unknown>>;
  readonly key?: string;
  readonly signal?: AbortSignal;
}

/** Longer than the server ever takes to say yes or no, in milliseconds. */
const ANSWER_LIMIT_MS = 10_000;

const PLAIN_PROBLEMS: Readonly<Record<number, string>> = {
  0: 'The server cannot be reached',
  429: 'Too many requests; wait a moment',
  503: 'The server is not ready to do this now',
};

const problemOf = async (response: Response): Promise<ApiProblem> => {
  const { status } = response;
  const retryAfterS = Number(response.headers.get('retry-after') ?? '');
  let told: { readonly message?: unknown; readonly exception?: unknown } = {};
  try {
    told = (await response.json()) as typeof told;
  } catch {
    // Some refusals have no body.
  }
  const message = typeof told.message === 'string' ? told.message : undefined;
  const code = typeof told.exception === 'string' ? told.exception : '';
  return new ApiProblem(
    status,
    code,
    message ?? PLAIN_PROBLEMS[status] ?? `The server answered ${status}`,
    retryAfterS > 0 ? retryAfterS * 1_000 : undefined,
  );
};

/** The Agent API, as one agent. */
export class AgentApi {
  /** @param token - asked for before each call: it may change */
  constructor(
    private readonly token: () => string,
    private readonly base = '/agent/v1',
  ) {}

  /** @throws ApiProblem */
  async call<T>(method: string, path: string, { body, key, signal }: CallOptions = {}): Promise<T> {
    const limit = AbortSignal.timeout(ANSWER_LIMIT_MS);
    let response: Response;
    try {
      response = await fetch(`${this.base}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${this.token()}`,
          ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
          ...(key === undefined ? {} : { 'idempotency-key': key }),
        },
        ...(method === 'GET' ? {} : { body: JSON.stringify(body ?? {}) }),
        signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
        credentials: 'omit',
        cache: 'no-store',
      });
    } catch (error) {
      signal?.throwIfAborted();
      throw new ApiProblem(0, '', PLAIN_PROBLEMS[0] ?? String(error));
    }
    if (!response.ok) throw await problemOf(response);
    try {
      return (await response.json()) as T;
    } catch {
      throw new ApiProblem(0, '', 'The answer broke off');
    }
  }

  get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return this.call<T>('GET', path, signal === undefined ? {} : { signal });
  }

  post<T>(path: string, body: Readonly<Record<string, unknown>> = {}, key?: string): Promise<T> {
    return this.call<T>('POST', path, key === undefined ? { body } : { body, key });
  }
}

/** The path of a chat. */
export const chatPath = (serviceId: string): string => `/chats/${encodeURIComponent(serviceId)}`;
