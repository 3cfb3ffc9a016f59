/** What is hidden in texts that leave the chat: for a log, a telephone, another server. */
export const MASKS = ['card', 'email', 'iban'] as const;
export type Mask = (typeof MASKS)[number];

const HIDDEN: Readonly<Record<Mask, string>> = { card: '[card]', email: '[e-mail]', iban: '[iban]' };

/** 13 to 19 digits of a known beginning, alone or in groups; not a part of something longer. */
const CARD = /(?<![\w.-])[2-6]\d(?:[ -]?\d){11,17}(?![\w-])/g;
const EMAIL = /(?<![\w.+-])[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}/g;
const IBAN = /(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}(?!\w)/g;

/** The check that card numbers pass, and other numbers by one chance in ten. */
const isLuhn = (digits: string): boolean => {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
    sum += index % 2 === 0 ? digit : doubled;
  }
  return sum % 10 === 0;
};

/** The remainder of an account number by 97, letters being 10 to 35. */
const isIban = (text: string): boolean => {
  const account = text.replaceAll(' ', '');
  if (account.length > 34) return false;
  let remainder = 0;
  for (const letter of account.slice(4) + account.slice(0, 4)) {
    const value = Number.parseInt(letter, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder === 1;
};

const RULES: Readonly<Record<Mask, (text: string) => string>> = {
  card: (text) => text.replace(CARD, (found) => (isLuhn(found.replace(/\D/g, '')) ? HIDDEN.card : found)),
  email: (text) => (text.includes('@') ? text.replace(EMAIL, HIDDEN.email) : text),
  iban: (text) => text.replace(IBAN, (found) => (isIban(found) ? HIDDEN.iban : found)),
};

/** Hides what is of the kinds given; all of them unless told otherwise. */
export const masked = (text: string, masks: readonly Mask[] = MASKS): string =>
  masks.reduce((rest, mask) => RULES[mask](rest), text);
