/** The place at which this process dies; tests set it, nobody else. */
const { BREAKPOINT } = process.env;

/** Places between two steps of a process manager, where a worker may die with one done and the other not. */
export type BreakpointName =
  | 'logic-answered'
  | 'answer-applied'
  | 'agents-told'
  | 'service-matched'
  | 'match-reserved'
  | 'push-sent'
  | 'offer-missed';

/** Ends this process as a crash would, without a word to anybody, if a test wants it to end here. */
export const breakpoint = (name: BreakpointName): void => {
  if (BREAKPOINT === name) process.kill(process.pid, 'SIGKILL');
};
