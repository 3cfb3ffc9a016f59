/** Statuses that refuse, by the names under which tables of attacks allow them. */
export const OK = 200;
/** Websockets only. */
export const SWITCHED = 101;
/** The bare path leads to a page. */
export const FOUND = 302;
export const MALFORMED = 400;
export const UNAUTHORIZED = 401;
export const FORBIDDEN = 403;
export const UNKNOWN = 404;
export const METHOD = 405;
export const TIMEOUT = 408;
export const CONFLICT = 409;
export const TOO_LARGE = 413;
export const URI_LONG = 414;
export const VALUE = 415;
export const EXPECTATION = 417;
export const TOO_MANY = 429;
export const HEADERS_LARGE = 431;
export const NOT_IMPLEMENTED = 501;
export const BUSY = 503;
export const VERSION = 505;
/** The connection closes without an answer. */
export const NOTHING = 0;
