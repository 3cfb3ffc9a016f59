import { deskReducer } from './state/desk-reducer.js';
import { type DeskAction, type DeskState, initialState } from './state/desk-state.js';

/** A hidden page draws no frames, and yet an offer has to ring: the longest that events wait, in milliseconds. */
const HIDDEN_WAIT_MS = 200;

/** Holds the state of the desk. What streams in is folded once a frame; what the agent does counts at once. */
export class DeskStore {
  private current = initialState();
  private readonly listeners = new Set<() => void>();
  private waiting: DeskAction[] = [];
  private frame: number | undefined;
  private timer: number | undefined;

  get state(): DeskState {
    return this.current;
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Of the agent: counts at once. */
  dispatch(action: DeskAction): void {
    this.waiting.push(action);
    this.flush();
  }

  /** Of the server: counts with the next frame. */
  enqueue(action: DeskAction): void {
    this.waiting.push(action);
    if (this.timer !== undefined) return;
    this.frame = requestAnimationFrame(this.flush);
    this.timer = window.setTimeout(this.flush, HIDDEN_WAIT_MS);
  }

  private readonly flush = (): void => {
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    window.clearTimeout(this.timer);
    this.frame = undefined;
    this.timer = undefined;
    const actions = this.waiting;
    this.waiting = [];
    const before = this.current;
    this.current = actions.reduce(deskReducer, before);
    if (this.current === before) return;
    for (const listener of this.listeners) listener();
  };
}
