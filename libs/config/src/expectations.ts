import { isIP } from 'node:net';
import { ExpectationError } from './setting.js';

/** Readers of texts that have a shape: each returns its value or says what was expected. */

const isPort = (digits: string | undefined): digits is string =>
  digits !== undefined && /^\d{1,5}$/.test(digits) && Number(digits) >= 1 && Number(digits) <= 65_535;

const isHost = (value: string): boolean => isIP(value) !== 0 || /^[A-Za-z0-9_]([A-Za-z0-9._-]{0,252})$/.test(value);

const parseUrl = (value: string): URL | undefined => (URL.canParse(value) ? new URL(value) : undefined);

/** A name or an address without a port. */
export const host = (value: string): string => {
  if (isHost(value)) return value;
  throw new ExpectationError('expected a host name or an IP address');
};

/** `host:port`; an IPv6 address stands in brackets, which are taken off. */
export const address = (value: string): { readonly host: string; readonly port: number } => {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(value) ?? [];
  const name = bracketed ?? plain ?? '';
  const isSound = bracketed === undefined ? isHost(name) : isIP(name) === 6;
  if (isSound && isPort(port)) return Object.freeze({ host: name, port: Number(port) });
  throw new ExpectationError('expected host:port, several separated by commas');
};

/** An address, or a network with the number of its leading bits. */
export const network = (value: string): string => {
  const [, ip = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(value) ?? [];
  const family = isIP(ip);
  const most = family === 6 ? 128 : 32;
  if (family !== 0 && (bits === undefined || Number(bits) <= most)) return value;
  throw new ExpectationError('expected addresses or networks such as 10.0.0.0/8, separated by commas');
};

/** What a browser sends as Origin, or `*` for any; `:*` at the end stands for any port. */
export const origin = (value: string): string => {
  if (value === '*' || /^https?:\/\/[^/\s?#@*]+(:\*)?$/.test(value)) return value;
  throw new ExpectationError('expected origins such as https://app.example.com, separated by commas, or *');
};

/** The address of one Redis node. */
export const redisUrl = (value: string): string => {
  const url = parseUrl(value);
  const isRedis = url !== undefined && /^rediss?:$/.test(url.protocol) && url.hostname !== '';
  if (isRedis && /^(\/\d*)?$/.test(url.pathname)) return value;
  throw new ExpectationError('expected redis://host:port or rediss://host:port, with /database at most after it');
};

/** A base to which paths are added: no slash at its end. */
export const baseUrl = (value: string): string => {
  const url = parseUrl(value);
  const isBare = url !== undefined && url.username + url.password + url.search + url.hash === '';
  if (isBare && /^https?:$/.test(url.protocol)) return url.href.replace(/\/+$/, '');
  throw new ExpectationError('expected a URL such as http://parley.internal:8081, without user, query or fragment');
};

/** A part of Redis keys. Braces would move keys of one service to different slots of a Cluster. */
export const keyPart = (value: string): string => {
  if (/^[A-Za-z0-9._:-]{1,64}$/.test(value)) return value;
  throw new ExpectationError('expected 1 to 64 letters, digits, dots, colons, dashes or underscores');
};

/** A signature of JWTs that needs no shared secret. */
export const jwtAlgorithm = (value: string): string => {
  if (/^(?:(?:RS|PS|ES)(?:256|384|512)|EdDSA|Ed25519)$/.test(value)) return value;
  throw new ExpectationError('expected algorithms such as RS256, ES256 or EdDSA, separated by commas');
};

/** An absolute web address. */
export const webUrl = (value: string): string => {
  const url = parseUrl(value);
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username === '') return value;
  throw new ExpectationError('expected absolute http or https URLs, separated by commas');
};

/** The shortest key of signatures, in characters, or in bytes where it is base64. */
const SIGNING_SECRET_MIN = 24;

/** The key of signatures: any text, or base64 after `whsec_` as libraries of Standard Webhooks make it. */
export const signingSecret = (value: string): string => {
  const [, encoded] = /^whsec_(.*)$/.exec(value) ?? [];
  const isBase64 = encoded === undefined || /^[A-Za-z0-9+/]+={0,2}$/.test(encoded);
  const length = encoded === undefined ? value.length : Buffer.from(encoded, 'base64').length;
  if (isBase64 && length >= SIGNING_SECRET_MIN) return value;
  throw new ExpectationError(
    `expected ${SIGNING_SECRET_MIN} characters at least, or whsec_ and ${SIGNING_SECRET_MIN} bytes in base64`,
  );
};

/** What can be hidden in messages. */
export const maskName = (value: string): 'card' | 'email' | 'iban' | 'none' => {
  if (value === 'card' || value === 'email' || value === 'iban' || value === 'none') return value;
  throw new ExpectationError('expected card, email or iban, separated by commas, or none');
};

/** What others can be told of. */
export const webhookEvent = (value: string): 'chat.started' | 'chat.ended' | 'message.sent' => {
  if (value === 'chat.started' || value === 'chat.ended' || value === 'message.sent') return value;
  throw new ExpectationError('expected chat.started, chat.ended or message.sent, separated by commas');
};
