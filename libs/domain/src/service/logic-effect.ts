import type { NeedStage } from '../routing/routing-need.js';

/** What a service logic wants done: each becomes an event of its service. */
export type LogicEffect =
  | {
      readonly type: 'setStatus';
      readonly status: string;
      /** File name of a dialog; the one before stays when there is none. */
      readonly dialog?: string;
    }
  /** One deadline for each name; setting it again moves it. */
  | { readonly type: 'setDeadline'; readonly name: string; readonly afterS: number }
  | { readonly type: 'clearDeadline'; readonly name: string }
  | { readonly type: 'route'; readonly stages: readonly NeedStage[]; readonly priority: number }
  | { readonly type: 'cancelRoute' }
  /** To the customer's device, when he gave one. */
  | { readonly type: 'push'; readonly text: string }
  | { readonly type: 'poke'; readonly text?: string };
