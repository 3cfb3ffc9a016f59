/** Longer is cut. */
const MESSAGE_MAX = 300;
/** Shorter texts stand in any message by chance. */
const WORTH_HIDING = 3;

const textsIn = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return value.length >= WORTH_HIDING ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
};

/**
 * An error's message without the texts that its code was given: what customers write does not go into logs.
 * @param given - the inputs and the state before
 */
export const discreet = (message: string, given: unknown): string => {
  const isOfParser = message.includes('JSON');
  const quoted = isOfParser ? message.replace(/"[^]*"(\.\.\.)?/, '"…"') : message;
  const texts = [...new Set(textsIn(given))].sort((one, other) => other.length - one.length);
  return texts.reduce((text, word) => text.replaceAll(word, '…'), quoted).slice(0, MESSAGE_MAX);
};
