import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { BayeuxRequestError } from './request-error.js';

const tooLarge = (limitBytes: number): BayeuxRequestError =>
  new BayeuxRequestError('too-large', `expected at most ${limitBytes} bytes`);

/**
 * Reads a request's body.
 * @throws BayeuxRequestError as soon as it is too large
 */
export const readBody = (request: IncomingMessage, limitBytes: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    if (Number(request.headers['content-length'] ?? 0) > limitBytes) {
      // Swallowed, so that the client can hear the answer before it has sent all.
      request.resume();
      reject(tooLarge(limitBytes));
      return;
    }
    const parts: Buffer[] = [];
    let bytes = 0;
    request.on('data', (part: Buffer) => {
      bytes += part.length;
      if (bytes > limitBytes) {
        parts.length = 0;
        reject(tooLarge(limitBytes));
      } else {
        parts.push(part);
      }
    });
    request.on('end', () => {
      const [only] = parts;
      resolve(only !== undefined && parts.length === 1 ? only : Buffer.concat(parts));
    });
    request.on('error', () => {
      reject(new BayeuxRequestError('malformed', 'body: expected all of it'));
    });
  });

/** `message` of a form or query; several are one batch. */
const messagesIn = (form: string): string => {
  const found = new URLSearchParams(form).getAll('message');
  const [only] = found;
  if (only === undefined) throw new BayeuxRequestError('malformed', 'message: expected a parameter of that name');
  if (found.length === 1) return only;
  return `[${found.map((text) => text.trim().replace(/^\[([^]*)\]$/, '$1')).join(',')}]`;
};

const FORM = 'application/x-www-form-urlencoded';
/** What clients label JSON with; `text/plain` is what some of them send for any string. */
const JSON_TYPES = new Set(['', FORM, 'application/json', 'text/json', 'text/javascript', 'text/plain']);

const BAD_PERCENT = /%(?![0-9a-f]{2})/i;

/**
 * The JSON text of a POST: its body, or the field `message` of a form.
 * @throws BayeuxRequestError
 */
export const jsonOfBody = (body: Buffer, contentType: string | undefined, limitBytes: number): string => {
  if (body.length > limitBytes) throw tooLarge(limitBytes);
  const [type = '', ...parameters] = (contentType ?? '').toLowerCase().split(';');
  const charset = parameters.map((part) => /^\s*charset\s*=\s*"?([^"\s]*)"?\s*$/.exec(part)?.[1]).find((name) => name);
  if (!JSON_TYPES.has(type.trim()) || (charset !== undefined && !/^(utf-?8|us-ascii)$/.test(charset))) {
    throw new BayeuxRequestError('unsupported-media-type', 'Content-Type: expected JSON or a form, in UTF-8');
  }
  if (!isUtf8(body)) throw new BayeuxRequestError('malformed', 'body: expected UTF-8');
  const text = body.toString('utf8').trim();
  // Some libraries label everything a form.
  if (type.trim() !== FORM || text.startsWith('{') || text.startsWith('[')) return text;
  if (BAD_PERCENT.test(text)) throw new BayeuxRequestError('malformed', 'body: expected a form');
  return messagesIn(text);
};

/** A JSON-P request: where its reply goes and what it says. */
export interface JsonP {
  readonly functionName: string;
  readonly json: string;
}

/** It becomes the head of a script: nothing but a name, or names with dots between, is let through. */
const FUNCTION_NAME = /^[A-Za-z_$][\w$.]{0,127}$/;

/**
 * Reads the query of a JSON-P request.
 * @throws BayeuxRequestError
 */
export const jsonPOfQuery = (url: string, limitBytes: number): JsonP => {
  if (url.length > limitBytes) throw tooLarge(limitBytes);
  const at = url.indexOf('?');
  const query = at < 0 ? '' : url.slice(at + 1);
  const names = new URLSearchParams(query).getAll('jsonp');
  const [functionName = ''] = names;
  if (names.length !== 1 || !FUNCTION_NAME.test(functionName)) {
    throw new BayeuxRequestError('malformed', 'jsonp: expected the name of a function');
  }
  if (BAD_PERCENT.test(query)) throw new BayeuxRequestError('malformed', 'query: expected a form');
  return { functionName, json: messagesIn(query) };
};

/** Script that hands an answer over. The comment keeps readers of other formats from taking the name for theirs. */
export const jsonPText = (functionName: string, json: string): string =>
  `/**/${functionName}(${json.replace(/\u2028/g, '\\u2028').replace(/\u2029/g, '\\u2029')});`;
