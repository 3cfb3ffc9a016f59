import { isAscii, isUtf8 } from 'node:buffer';

/** The character sets that we read. `windows-1252` also stands for ISO-8859-1, as in every browser. */
export type Charset = 'utf-8' | 'us-ascii' | 'windows-1252';

const LABELS = new Map<string, Charset>([
  ['', 'utf-8'],
  ['utf-8', 'utf-8'],
  ['utf8', 'utf-8'],
  ['us-ascii', 'us-ascii'],
  ['ascii', 'us-ascii'],
  ['iso-8859-1', 'windows-1252'],
  ['iso8859-1', 'windows-1252'],
  ['iso_8859-1', 'windows-1252'],
  ['latin1', 'windows-1252'],
  ['windows-1252', 'windows-1252'],
  ['cp1252', 'windows-1252'],
]);

/** The character set of a `charset` parameter; utf-8 when there is none, undefined when we do not read it. */
export const charsetOf = (label: string): Charset | undefined => LABELS.get(label.toLowerCase());

/**
 * The characters of the bytes 0x80 to 0x9F. Five are not assigned and stay the control characters that they are in
 * ISO-8859-1, to be refused with those.
 * @see https://encoding.spec.whatwg.org/index-windows-1252.txt
 */
const WINDOWS_1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ';

/** The character of one byte in windows-1252, and so in US-ASCII. */
export const singleByteCharacter = (byte: number): string =>
  byte >= 0x80 && byte <= 0x9f ? WINDOWS_1252.charAt(byte - 0x80) : String.fromCharCode(byte);

const HIGH_CONTROL = /[\u0080-\u009F]/g;

/** The text of bytes, exactly; undefined when the bytes are none of that character set. */
export const decodeBytes = (bytes: Buffer, charset: Charset): string | undefined => {
  if (isAscii(bytes)) return bytes.toString('latin1');
  switch (charset) {
    case 'utf-8':
      return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
    case 'us-ascii':
      return undefined;
    case 'windows-1252':
      return bytes.toString('latin1').replace(HIGH_CONTROL, (byte) => singleByteCharacter(byte.charCodeAt(0)));
  }
};
