import { type Charset, charsetOf } from './charset.js';

/** A Content-Type header, read as far as we need it. */
export interface MediaType {
  /** `type/subtype` in lower case. */
  readonly essence: string;
  /** The character set; undefined when it is one that we do not read. */
  readonly charset: Charset | undefined;
  /** Boundary of a multipart body, as given. */
  readonly boundary: string | undefined;
}

const unquoted = (text: string): string => (/^".*"$/.test(text) ? text.slice(1, -1) : text);

const read = (header: string): MediaType => {
  const [essence = '', ...rest] = header.split(';');
  let charset: string | undefined;
  let boundary: string | undefined;
  for (const parameter of rest) {
    // At the first "=" only: a boundary may hold more of them.
    const equals = parameter.indexOf('=');
    const name = parameter.slice(0, Math.max(0, equals)).trim().toLowerCase();
    const value = unquoted(parameter.slice(equals + 1).trim());
    if (name === 'charset') charset ??= value;
    if (name === 'boundary') boundary ??= value;
  }
  return { essence: essence.trim().toLowerCase(), charset: charsetOf(charset ?? ''), boundary };
};

/** Headers seen before. Applications send very few different ones; the bound is for those who try. */
const seen = new Map<string, MediaType>();
const SEEN_MAX = 64;
const SEEN_LENGTH_MAX = 128;

export const mediaType = (header: string): MediaType => {
  const known = seen.get(header);
  if (known !== undefined) return known;
  const type = read(header);
  // Every multipart body has a boundary of its own.
  const isWorthKeeping = type.boundary === undefined && header.length <= SEEN_LENGTH_MAX && seen.size < SEEN_MAX;
  if (isWorthKeeping) seen.set(header, type);
  return type;
};
