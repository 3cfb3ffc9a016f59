import type { Plan } from './chat-session.js';

/** What a reload needs to go on. */
export interface Remembered {
  readonly plan: Plan;
  readonly serviceId: string;
  /** Whether the chat has started; else its customer waits for an agent. */
  readonly isStarted: boolean;
}

const KEY = 'parley-demo';

/** The chat of this tab. */
export const recall = (): Remembered | undefined => {
  try {
    return (JSON.parse(sessionStorage.getItem(KEY) ?? 'null') ?? undefined) as Remembered | undefined;
  } catch {
    return undefined;
  }
};

export const remember = (remembered: Remembered): void => {
  sessionStorage.setItem(KEY, JSON.stringify(remembered));
};

export const forget = (): void => {
  sessionStorage.removeItem(KEY);
};
