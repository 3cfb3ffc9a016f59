/** A stored event is of a version that this process does not know: a newer one wrote it. */
export class SchemaTooNewError extends Error {
  override readonly name = 'SchemaTooNewError';
  readonly code = 'SCHEMA_TOO_NEW';
}

/** The body of a stored event, of whatever version. */
export interface VersionedBody {
  readonly v: number;
  readonly t: string;
}

/** Makes the body of one version that of the next. */
export type Upcast = (body: VersionedBody) => VersionedBody;

/**
 * The versions of a stored form. Fields and types of events may be added to one: readers leave out what they do not know.
 * What changes the meaning of what is there makes a new version, with an upcast from the one before; stored events are
 * never rewritten.
 */
export class Schema {
  /** @param upcasts - from version 1 to 2, from 2 to 3, and so on */
  constructor(private readonly upcasts: readonly Upcast[] = []) {}

  /** The version that is written. */
  get version(): number {
    return this.upcasts.length + 1;
  }

  /** Reads a body as the newest version has it. @throws SchemaTooNewError */
  read(text: string): VersionedBody {
    const body = JSON.parse(text) as VersionedBody;
    if (body.v === this.version) return body;
    if (body.v > this.version) {
      throw new SchemaTooNewError(`stored event: expected version ${this.version} at most, got ${body.v}`);
    }
    return this.upcasts.slice(body.v - 1).reduce((older, upcast) => upcast(older), body);
  }
}
