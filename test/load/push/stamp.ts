/**
 * What a message of the push benchmark says about itself, within its text: when it was sent, its number, and to whom.
 * All fields have fixed lengths, so that clients find them without parsing anything.
 */
const MARK = '~~';
const MARK_BYTES = Buffer.from(MARK);
const TIME_DIGITS = 14;
const NUMBER_DIGITS = 9;
const USER_DIGITS = 5;
const DIGITS = TIME_DIGITS + NUMBER_DIGITS + USER_DIGITS;
const ZERO = 48;

/** Microseconds on the clock that all processes of a machine share. */
export const nowUs = (): number => {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1_000_000 + Math.floor(nanoseconds / 1_000);
};

const padded = (value: number, digits: number): string => String(value).padStart(digits, '0');

/** The text of a message that is sent now; of ordinary length. */
export const stampedText = (number: number, user: number): string =>
  `let me look that up ${MARK}${padded(nowUs(), TIME_DIGITS)}${padded(number, NUMBER_DIGITS)}${padded(user, USER_DIGITS)}`;

const numberAt = (data: Buffer, start: number, digits: number): number => {
  let value = 0;
  for (let at = start; at < start + digits; at += 1) value = value * 10 + (data[at] ?? ZERO) - ZERO;
  return value;
};

/** Finds the messages in what a client received. */
export const readStamps = (data: Buffer, take: (sentUs: number, number: number, user: number) => void): void => {
  for (let at = data.indexOf(MARK_BYTES); at >= 0; at = data.indexOf(MARK_BYTES, at)) {
    at += MARK_BYTES.length;
    if (at + DIGITS > data.length) return;
    const numberStart = at + TIME_DIGITS;
    const userStart = numberStart + NUMBER_DIGITS;
    take(
      numberAt(data, at, TIME_DIGITS),
      numberAt(data, numberStart, NUMBER_DIGITS),
      numberAt(data, userStart, USER_DIGITS),
    );
    at += DIGITS;
  }
};
