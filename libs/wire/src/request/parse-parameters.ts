import { isUtf8 } from 'node:buffer';
import { type Charset, decodeBytes } from './charset.js';
import { readForm } from './form-text.js';
import { parseJsonObject, readJsonObject } from './json-text.js';
import { type MediaType, mediaType } from './media-type.js';
import { readMultipart } from './multipart-body.js';
import { ParameterSet } from './parameter-set.js';
import type { Parameters } from './parameters.js';
import { RequestError, tooLarge } from './request-error.js';
import type { RequestLimits } from './request-limits.js';

export interface RequestParts {
  /** What stands behind the `?`, as `node:http` gives it. */
  readonly query: string | undefined;
  /** The Content-Type header. */
  readonly contentType: string | undefined;
  /** The whole body. */
  readonly body: Buffer | undefined;
  readonly limits: RequestLimits;
}

const FORM = 'application/x-www-form-urlencoded';
const MULTIPART = 'multipart/form-data';
const JSON_TYPE = 'application/json';

const checkSize = (what: string, size: number, max: number): void => {
  if (size > max) throw tooLarge(what, max, 'bytes', size);
};

const textOf = (body: Buffer, charset: Charset): string => {
  const text = decodeBytes(body, charset);
  if (text === undefined) throw new RequestError('malformed', `the body must be text of ${charset}, got other bytes`);
  return text;
};

const readFormBody = (text: string, charset: Charset, into: ParameterSet): void => {
  // Some applications send JSON text under the label that their library puts on every request.
  const object = /^\s*\{/.test(text) ? parseJsonObject(text) : undefined;
  if (object !== undefined) readJsonObject(text, object, into);
  else readForm(text, charset, 'the form', into);
};

const readJsonBody = (text: string, into: ParameterSet): void => {
  const object = parseJsonObject(text);
  if (object === undefined) throw new RequestError('malformed', 'the body must be a JSON object, got something else');
  readJsonObject(text, object, into);
};

const unsupported = (got: string): RequestError =>
  new RequestError('unsupported-media-type', `the body must be ${FORM}, ${MULTIPART} or ${JSON_TYPE}, got ${got}`);

const readBody = (body: Buffer, type: MediaType | undefined, limits: RequestLimits, into: ParameterSet): void => {
  const isMultipart = type?.essence === MULTIPART;
  checkSize('the body', body.length, isMultipart ? limits.multipartBytes : limits.formBytes);
  if (type === undefined) throw unsupported('no Content-Type');
  const { essence, charset, boundary } = type;
  if (essence !== FORM && essence !== JSON_TYPE && !isMultipart) throw unsupported('another type');
  if (charset === undefined) {
    throw new RequestError('unsupported-media-type', 'the charset must be UTF-8, US-ASCII or ISO-8859-1, got another');
  }
  if (isMultipart) readMultipart(body, boundary, charset, into);
  else if (essence === JSON_TYPE) readJsonBody(textOf(body, charset), into);
  else readFormBody(textOf(body, charset), charset, into);
};

/** The characters of a query. `node:http` hands raw bytes on, one a character. */
const queryText = (query: string): string => {
  const isAllAscii = Buffer.byteLength(query) === query.length;
  if (isAllAscii) return query;
  const bytes = Buffer.from(query, 'latin1');
  if (bytes.toString('latin1') !== query || !isUtf8(bytes)) {
    throw new RequestError('malformed', 'the query must be text of utf-8, got other bytes');
  }
  return bytes.toString('utf8');
};

/**
 * Reads the parameters of a request from its body and its query; the body wins. Either all of it is understood
 * exactly or the request is refused.
 * @throws RequestError and nothing else, whatever the bytes
 * @see wire contract, "Request bodies"
 */
export const parseParameters = ({ query, contentType, body, limits }: RequestParts): Parameters => {
  const type = contentType === undefined ? undefined : mediaType(contentType);
  const parameters = new ParameterSet(limits, type?.essence === JSON_TYPE);
  if (body !== undefined && body.length > 0) readBody(body, type, limits, parameters);
  if (query !== undefined && query !== '') {
    checkSize('the query', query.length, limits.formBytes);
    readForm(queryText(query), 'utf-8', 'the query', parameters);
  }
  return parameters;
};
