/**
 * Why a request is refused before any rule sees it. The edge maps a kind to the wire.
 * - `unsupported-media-type`: the body's type or character set is none that we read
 * - `malformed`: the body or the query cannot be read as what it says it is
 * - `incorrect-value`: an expected value is missing or is not what it must be
 * - `too-large`: a limit of `RequestLimits` or of one parameter
 */
export type RequestErrorKind = 'unsupported-media-type' | 'malformed' | 'incorrect-value' | 'too-large';

/** A request that cannot be read. Says what was expected and what came, never the customer's text. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  constructor(
    readonly kind: RequestErrorKind,
    message: string,
  ) {
    super(message);
  }
}

/** Longest part of a parameter's name that an error repeats, in characters. */
const SHOWN_NAME_MAX = 64;

/** A parameter's name as errors and logs may show it: plain characters, clipped. */
export const shownName = (name: string): string => {
  const plain = name.slice(0, SHOWN_NAME_MAX).replace(/[^\w.[\]-]/g, '?');
  return name.length > SHOWN_NAME_MAX ? `${plain}…` : plain;
};

/** What came, without repeating it. */
const shownValue = (value: string | undefined): string =>
  value === undefined ? 'nothing' : `a text of ${value.length} characters`;

/**
 * The error for a value that is missing or wrong.
 * @param expected - what the value must be, to be read after "must be"
 */
export const incorrectValue = (name: string, expected: string, value: string | undefined): RequestError =>
  new RequestError('incorrect-value', `${shownName(name)} must be ${expected}, got ${shownValue(value)}`);

/** The error for something that exceeds a limit. */
export const tooLarge = (what: string, max: number, unit: string, came: number): RequestError =>
  new RequestError('too-large', `${what} must have at most ${max} ${unit}, got ${came}`);
