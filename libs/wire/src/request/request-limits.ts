/** What one request may hold at most. Over a limit the whole request is refused. */
export interface RequestLimits {
  /** Size of a form or JSON body, and of the query, in bytes. */
  readonly formBytes: number;
  /** Size of a multipart body with its files, in bytes. */
  readonly multipartBytes: number;
  /** Parameters and files, query and body together; a name that is repeated counts each time. */
  readonly fields: number;
  /** Length of a parameter's or file's name, in UTF-16 units. */
  readonly nameLength: number;
  /** Length of a parameter's value, in UTF-16 units. */
  readonly valueLength: number;
}

/** The limits where no setting says otherwise. */
export const DEFAULT_REQUEST_LIMITS: RequestLimits = {
  formBytes: 65_536,
  multipartBytes: 1_048_576,
  fields: 64,
  nameLength: 256,
  valueLength: 16_384,
};

/** Length of a customer's message where no setting says otherwise, in characters. */
export const DEFAULT_MESSAGE_LENGTH_MAX = 4_096;
