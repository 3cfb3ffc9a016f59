/** Kinds of requests that are refused as a whole, with the HTTP status of each. */
export const REQUEST_STATUS = {
  malformed: 400,
  'too-large': 413,
  'unsupported-media-type': 415,
  'method-not-allowed': 405,
} as const;

export type RequestErrorKind = keyof typeof REQUEST_STATUS;

/** A request that is no Bayeux request, or a larger one than is taken: none of its messages is looked at. */
export class BayeuxRequestError extends Error {
  override readonly name = 'BayeuxRequestError';

  constructor(
    readonly kind: RequestErrorKind,
    message: string,
  ) {
    super(message);
  }
}
