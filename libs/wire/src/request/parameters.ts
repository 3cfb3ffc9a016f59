/** A file of a multipart body. */
export interface UploadedFile {
  /** Name of the form's field. */
  readonly field: string;
  /** Base name that the application gave; '' when it gave none. */
  readonly fileName: string;
  readonly contentType: string;
  /** A view on the request's body. */
  readonly bytes: Buffer;
}

/** All that one request says in its query and its body. Iterates over every name once, with the value that counts. */
export interface Parameters extends Iterable<readonly [name: string, value: string]> {
  /** The value; undefined when the name is not there or its value is empty, which means the same in v1. */
  get(name: string): string | undefined;
  /** Whether the name is there, if only with an empty value. */
  has(name: string): boolean;
  readonly files: readonly UploadedFile[];
  /** The request's Content-Type is `application/json`: such applications want numbers as numbers. */
  readonly isJson: boolean;
}
