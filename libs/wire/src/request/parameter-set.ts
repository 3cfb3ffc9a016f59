import type { Parameters, UploadedFile } from './parameters.js';
import { RequestError, shownName, tooLarge } from './request-error.js';
import type { RequestLimits } from './request-limits.js';

/** Control characters, and halves of characters that have no bytes in UTF-8. */
const UNSAFE_IN_NAME = /[\p{Cc}\p{Cs}]/u;
/** The same without tab and line breaks, which a customer may write. */
const UNSAFE_IN_VALUE = /[^\P{Cc}\t\n\r]|\p{Cs}/u;

/** Whether a text holds what no value may hold. */
export const isUnsafe = (text: string): boolean => UNSAFE_IN_VALUE.test(text);

/** The error for a value that holds control characters or lone surrogates. */
export const unsafeValue = (name: string): RequestError =>
  new RequestError(
    'incorrect-value',
    `${shownName(name)} must be text without control characters or lone surrogates, got some`,
  );

/** Collects the parameters of one request. The first value of a name counts: add the body before the query. */
export class ParameterSet implements Parameters {
  readonly files: UploadedFile[] = [];
  private readonly values = new Map<string, string>();
  private count = 0;

  constructor(
    private readonly limits: RequestLimits,
    readonly isJson: boolean,
  ) {}

  /** @throws RequestError for what goes beyond the limits, names without text and texts that are not safe to keep */
  add(name: string, value: string): void {
    this.admit(name);
    if (value.length > this.limits.valueLength) {
      throw tooLarge(shownName(name), this.limits.valueLength, 'characters', value.length);
    }
    if (isUnsafe(value)) throw unsafeValue(name);
    if (!this.values.has(name)) this.values.set(name, value);
  }

  addFile(file: UploadedFile): void {
    this.admit(file.field);
    if (file.fileName.length > this.limits.nameLength) {
      throw tooLarge(
        `the file name of ${shownName(file.field)}`,
        this.limits.nameLength,
        'characters',
        file.fileName.length,
      );
    }
    if (UNSAFE_IN_NAME.test(file.fileName)) throw unsafeValue(file.field);
    this.files.push(file);
  }

  get(name: string): string | undefined {
    const value = this.values.get(name);
    return value === '' ? undefined : value;
  }

  has(name: string): boolean {
    return this.values.has(name);
  }

  [Symbol.iterator](): Iterator<readonly [name: string, value: string]> {
    return this.values[Symbol.iterator]();
  }

  /** Counts a parameter and checks its name, before anything is made of its value. */
  admit(name: string): void {
    this.count += 1;
    if (this.count > this.limits.fields) {
      throw new RequestError('too-large', `a request must have at most ${this.limits.fields} parameters, got more`);
    }
    if (name === '') throw new RequestError('malformed', 'every parameter must have a name, got a value without one');
    if (name.length > this.limits.nameLength) {
      throw tooLarge(`the name of ${shownName(name)}`, this.limits.nameLength, 'characters', name.length);
    }
    if (UNSAFE_IN_NAME.test(name)) {
      throw new RequestError(
        'incorrect-value',
        `${shownName(name)} must be a name without control characters or lone surrogates, got some`,
      );
    }
  }
}
