import type { Remembered } from '../state/desk-state.js';

/** What the browser keeps: until its tab is closed, and for good. */
const read = (storage: Storage, key: string): unknown => {
  try {
    return JSON.parse(storage.getItem(key) ?? 'null');
  } catch {
    return null;
  }
};

const write = (storage: Storage, key: string, value: unknown): void => {
  try {
    if (value === null) storage.removeItem(key);
    else storage.setItem(key, JSON.stringify(value));
  } catch {
    // Full or forbidden: the desk works without.
  }
};

/** How an agent signed in. */
export interface StoredToken {
  readonly token: string;
  /** Of the identity provider. */
  readonly refreshToken?: string;
  readonly expiresAtMs?: number;
}

export type Theme = 'light' | 'dark';

export const memory = {
  token: (): StoredToken | null => read(sessionStorage, 'desk.token') as StoredToken | null,
  setToken: (token: StoredToken | null): void => {
    write(sessionStorage, 'desk.token', token);
  },
  desk: (): Remembered | null => read(sessionStorage, 'desk.state') as Remembered | null,
  setDesk: (desk: Remembered | null): void => {
    write(sessionStorage, 'desk.state', desk);
  },
  isMuted: (): boolean => read(localStorage, 'desk.muted') === true,
  setMuted: (isMuted: boolean): void => {
    write(localStorage, 'desk.muted', isMuted);
  },
  /** Null: as the system has it. */
  theme: (): Theme | null => read(localStorage, 'desk.theme') as Theme | null,
  setTheme: (theme: Theme | null): void => {
    write(localStorage, 'desk.theme', theme);
  },
};
