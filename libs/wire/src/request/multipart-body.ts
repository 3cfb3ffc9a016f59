import { type Charset, decodeBytes } from './charset.js';
import { mediaType } from './media-type.js';
import type { ParameterSet } from './parameter-set.js';
import { RequestError, shownName } from './request-error.js';

/** Headers of one part, in bytes. */
const PART_HEADER_BYTES = 4_096;

/** @see RFC 2046, 5.1.1 */
const BOUNDARY = /^[\w'()+,\-./:=? ]{0,69}[\w'()+,\-./:=?]$/;

const CRLF = '\r\n';

interface PartHeaders {
  readonly field: string;
  readonly fileName: string | undefined;
  readonly contentType: string;
}

const malformed = (expected: string, got: string): RequestError =>
  new RequestError('malformed', `a multipart body must ${expected}, got ${got}`);

/** Text of a quoted parameter. Only what must be escaped is unescaped: old browsers send whole Windows paths. */
const unquoted = (text: string): string => text.replace(/\\(["\\])/g, '$1');

/** `filename*=UTF-8''na%C3%AFve.txt` (RFC 5987) of applications that know no better way. */
const extended = (text: string): string => {
  const escapes = /^utf-8'[^']*'(.*)$/i.exec(text)?.[1];
  try {
    if (escapes !== undefined) return decodeURIComponent(escapes);
  } catch {
    // Falls through to the same refusal as any other character set.
  }
  throw malformed("name its files in valid UTF-8 after UTF-8''", 'another name');
};

const DISPOSITION_PARAMETER = /;\s*([\w*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]*))/gs;

const readDisposition = (line: string): Pick<PartHeaders, 'field' | 'fileName'> => {
  const parameters = new Map<string, string>();
  for (const [, name = '', quoted, token = ''] of line.matchAll(DISPOSITION_PARAMETER)) {
    const key = name.toLowerCase();
    if (!parameters.has(key)) parameters.set(key, quoted === undefined ? token : unquoted(quoted));
  }
  const field = parameters.get('name');
  if (!/^form-data\s*;/i.test(line) || field === undefined) {
    throw malformed('have a form-data name in every part', 'a part without');
  }
  const other = parameters.get('filename*');
  const fileName = parameters.get('filename') ?? (other === undefined ? undefined : extended(other));
  // The base name: a path of the customer's disk is none of ours.
  return { field, fileName: fileName?.replace(/^.*[\\/]/s, '') };
};

const readHeaders = (block: Buffer): PartHeaders => {
  const text = decodeBytes(block, 'utf-8');
  if (text === undefined) throw malformed('have part headers in UTF-8', 'other bytes');
  let disposition = '';
  let contentType = 'text/plain';
  for (const line of text.split(CRLF)) {
    const colon = line.indexOf(':');
    if (colon < 1) throw malformed('have part headers of the form "name: value"', 'another line');
    const value = line.slice(colon + 1).trim();
    switch (line.slice(0, colon).toLowerCase()) {
      case 'content-disposition':
        disposition = value;
        break;
      case 'content-type':
        contentType = value;
        break;
      case 'content-transfer-encoding':
        if (!/^(?:7bit|8bit|binary)$/i.test(value)) {
          throw new RequestError('unsupported-media-type', 'a part must be sent as it is, got a transfer encoding');
        }
        break;
      default:
    }
  }
  return { ...readDisposition(disposition), contentType };
};

const readPart = (headers: PartHeaders, content: Buffer, charset: Charset, into: ParameterSet): void => {
  const { field, fileName, contentType } = headers;
  const type = mediaType(contentType);
  if (fileName !== undefined || type.essence === 'application/octet-stream') {
    // What a browser sends for a file input that was left empty.
    const isNoFile = (fileName ?? '') === '' && content.length === 0;
    if (isNoFile) into.admit(field);
    else into.addFile({ field, fileName: fileName ?? '', contentType, bytes: content });
    return;
  }
  const own = /;\s*charset=/i.test(contentType) ? type.charset : charset;
  if (own === undefined || type.essence.startsWith('multipart/')) {
    throw new RequestError(
      'unsupported-media-type',
      `${shownName(field)} must be text in UTF-8, US-ASCII or ISO-8859-1, got another type of part`,
    );
  }
  const value = decodeBytes(content, own);
  if (value === undefined) throw malformed(`have text of ${own} in ${shownName(field)}`, 'other bytes');
  into.add(field, value);
};

/**
 * Adds the fields and files of a `multipart/form-data` body that is there as a whole. Strict where a stream parser
 * has to guess: every byte is accounted for, or all is refused.
 * @param charset - of parts that name none
 * @see RFC 7578
 */
export const readMultipart = (
  body: Buffer,
  boundary: string | undefined,
  charset: Charset,
  into: ParameterSet,
): void => {
  if (boundary === undefined || !BOUNDARY.test(boundary)) {
    throw malformed('name its boundary in the Content-Type', 'none or a wrong one');
  }
  const dashes = `--${boundary}`;
  const delimiter = Buffer.from(`${CRLF}${dashes}`, 'latin1');
  const isFirst = body.subarray(0, dashes.length).equals(delimiter.subarray(CRLF.length));
  // Always behind a delimiter; what stands there says whether a part follows.
  let at = isFirst ? dashes.length : body.indexOf(delimiter);
  if (at < 0) throw malformed('hold its boundary', 'none');
  if (!isFirst) at += delimiter.length;
  while (body.toString('latin1', at, at + 2) !== '--') {
    while (body[at] === 0x20 || body[at] === 0x09) at += 1;
    if (body.toString('latin1', at, at + 2) !== CRLF) {
      throw malformed('have a line of its own for each boundary', 'another');
    }
    at += CRLF.length;
    const blank = body.subarray(at, at + PART_HEADER_BYTES).indexOf(CRLF + CRLF);
    if (blank < 0) throw malformed(`have part headers of at most ${PART_HEADER_BYTES} bytes`, 'more or no end of them');
    const contentAt = at + blank + 2 * CRLF.length;
    // From the blank line on: an empty part has no line break of its own.
    const end = body.indexOf(delimiter, contentAt - CRLF.length);
    if (end < 0) throw malformed('end with its boundary', 'the end of the body before it');
    const headers = readHeaders(body.subarray(at, at + blank));
    readPart(headers, body.subarray(contentAt, Math.max(contentAt, end)), charset, into);
    at = end + delimiter.length;
  }
};
