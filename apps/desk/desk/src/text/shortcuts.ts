/** What a key does anywhere at the desk. */
export type Shortcut =
  | { readonly type: 'chat'; readonly index: number }
  | { readonly type: 'step'; readonly by: 1 | -1 }
  | { readonly type: ShortcutName };

const NAMES = {
  KeyA: 'accept',
  KeyX: 'reject',
  KeyR: 'toggle-ready',
  KeyC: 'composer',
  KeyW: 'whisper',
  KeyP: 'poke',
  KeyU: 'push-url',
  KeyT: 'transfer',
  KeyO: 'disposition',
  KeyL: 'leave',
  KeyQ: 'end',
  KeyI: 'customer',
  KeyS: 'supervision',
  KeyM: 'mute',
} as const;

export type ShortcutName = (typeof NAMES)[keyof typeof NAMES] | 'help';

interface Key {
  readonly code: string;
  readonly key: string;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

/**
 * The shortcut of a key. Read by its place on the keyboard, since Alt makes other characters of letters on some systems.
 * @param isWriting - whether the focus is in a field for text, where `?` is a character
 */
export const shortcutOf = ({ code, key, altKey, ctrlKey, metaKey }: Key, isWriting: boolean): Shortcut | null => {
  if (ctrlKey || metaKey) return null;
  if (!altKey) return key === '?' && !isWriting ? { type: 'help' } : null;
  const digit = /^Digit([1-9])$/.exec(code)?.[1];
  if (digit !== undefined) return { type: 'chat', index: Number(digit) - 1 };
  if (code === 'ArrowDown') return { type: 'step', by: 1 };
  if (code === 'ArrowUp') return { type: 'step', by: -1 };
  const name = (NAMES as Readonly<Record<string, ShortcutName>>)[code];
  return name === undefined ? null : { type: name };
};

/** For the list that `?` shows. */
export const SHORTCUT_LIST: readonly (readonly [keys: string, what: string])[] = [
  ['Alt + A', 'Take the first chat that is offered'],
  ['Alt + X', 'Decline it'],
  ['Alt + R', 'Ready, or not ready'],
  ['Alt + 1 … 9', 'Go to a chat of the list'],
  ['Alt + ↓, Alt + ↑', 'Go to the next chat, to the one before'],
  ['Alt + C', 'Write to the customer'],
  ['Alt + W', 'Whisper to the other agents'],
  ['Enter', 'Send'],
  ['Shift + Enter', 'New line'],
  ['/', 'Canned responses, at the start of a message'],
  ['Alt + P', 'Poke the customer’s device'],
  ['Alt + U', 'Push a page'],
  ['Alt + T', 'Transfer, or call another agent in'],
  ['Alt + O', 'Outcome of the chat'],
  ['Alt + L', 'Leave the chat'],
  ['Alt + Q', 'End the chat'],
  ['Alt + I', 'The customer’s data and earlier chats'],
  ['Alt + S', 'Supervision'],
  ['Alt + M', 'Sound on or off'],
  ['Esc', 'Close a dialog or a menu'],
  ['?', 'This list'],
];
