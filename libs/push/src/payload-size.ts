import type { Push } from './push.js';

/** What APNs and FCM take, in bytes; anything longer is refused, and the customer is not told at all. */
const PAYLOAD_MAX_BYTES = 4_096;

/**
 * The payload of a push, made to fit: first the oldest texts that were missed are left out, then the text is shortened.
 * @param make - JSON of a push
 */
export const fitted = (push: Push, make: (push: Push) => string): string => {
  const fits = (payload: string): boolean => Buffer.byteLength(payload) <= PAYLOAD_MAX_BYTES;
  for (let from = 0; from <= push.lastTranscript.length; from += 1) {
    const payload = make({ ...push, lastTranscript: push.lastTranscript.slice(from) });
    if (fits(payload)) return payload;
  }
  const characters = Array.from(push.text);
  const cut = (length: number): string =>
    make({ ...push, lastTranscript: [], text: `${characters.slice(0, length).join('')}…` });
  let [fitting, tooLong] = [0, characters.length];
  while (tooLong - fitting > 1) {
    const middle = (fitting + tooLong) >> 1;
    if (fits(cut(middle))) fitting = middle;
    else tooLong = middle;
  }
  return cut(fitting);
};
