import type { Recorded } from './recorded.js';

/**
 * Three pure functions that hold every rule of one stream. No clock, no I/O, no randomness: time and ids come in
 * with the command, the envelope of a past event comes in with the event.
 */
export interface Decider<Command, Event, State> {
  readonly initialState: () => State;
  /**
   * Says what happens because of a command, or throws a DomainError. A repeat gives `[]`.
   * @throws DomainError
   */
  readonly decide: (command: Command, state: State) => readonly Event[];
  /** Folds one past event in. Never throws and never judges: it has already happened. */
  readonly evolve: (state: State, recorded: Recorded<Event>) => State;
  /** Whether an event takes a `transcriptPosition` of its own. */
  readonly isPositioned: (event: Event) => boolean;
}
