import { incorrectValue } from './request-error.js';
import { characterCount } from './typed-value.js';

/** What an application may say of the customer's name. */
export interface CustomerName {
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  readonly userDisplayName?: string | undefined;
}

/** Length of a nickname, in characters. */
const NICKNAME_MAX = 128;
/** Whatever ends a line or steers a terminal. */
const NOT_ON_ONE_LINE = /[\p{Cc}\u2028\u2029]/u;

const checkPart = (name: string, value: string, lengthMax: number): void => {
  if (NOT_ON_ONE_LINE.test(value) || characterCount(value) > lengthMax) {
    throw incorrectValue(name, `one line of at most ${lengthMax} characters`, value);
  }
};

/**
 * The nickname under which the customer speaks: `userDisplayName`, or the first name and the first letter of the last
 * one (`Vasya Pupkin` → `VasyaP`), or `Anonymous`.
 * @throws RequestError (incorrect-value) naming the parameter that cannot stand in a nickname
 */
export const customerNickname = ({ firstName = '', lastName = '', userDisplayName = '' }: CustomerName): string => {
  checkPart('userDisplayName', userDisplayName, NICKNAME_MAX);
  if (userDisplayName.trim() !== '') return userDisplayName;
  const [initial = ''] = lastName.trim();
  checkPart('firstName', firstName, NICKNAME_MAX - 1);
  checkPart('lastName', initial, NICKNAME_MAX);
  const nickname = `${firstName}${initial}`;
  return nickname.trim() === '' ? 'Anonymous' : nickname;
};
