import { and, assign, enqueueActions, not, or, raise, setup, stateIn } from 'xstate';

/** What the function of a logic's file is given: the parts of XState that need no clock and start nothing. */
export const toolkit = Object.freeze({ setup, assign, raise, enqueueActions, and, or, not, stateIn });
