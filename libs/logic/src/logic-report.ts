/** One thing that is wrong or odd in the file of a logic. */
export interface LogicFinding {
  readonly message: string;
  /** From 1, where it is known. */
  readonly line?: number;
}

/** What a check found out about a logic. */
export interface LogicReport {
  /** Faults: a logic with any is refused. */
  readonly errors: readonly LogicFinding[];
  /** Oddities that may be meant. */
  readonly warnings: readonly LogicFinding[];
  /** Paths of all states, such as `waiting` or `chat.idle`. */
  readonly states: readonly string[];
  /** States that none of the tried histories led to. */
  readonly unreached: readonly string[];
  /** Names of the effects that were seen. */
  readonly effects: readonly string[];
  /** Statuses that were seen, with the dialogs that they came with. */
  readonly statuses: Readonly<Record<string, readonly string[]>>;
  /** Names of the deadlines that were seen. */
  readonly deadlines: readonly string[];
}

/** The report of a file in which nothing could be looked at. */
export const brokenReport = (...errors: readonly LogicFinding[]): LogicReport => ({
  errors,
  warnings: [],
  states: [],
  unreached: [],
  effects: [],
  statuses: {},
  deadlines: [],
});
