import type { LogicEffect, LogicInput } from '@app/domain';
import { type AnyActorScope, type AnyStateMachine, createEmptyActor } from 'xstate';
import { readEffect } from './effects.js';
import { Failure } from './failure.js';
import { frozen, plainCopy } from './plain.js';

/** Characters of the JSON in which a machine's state is kept; a service's data fits many times. */
const SNAPSHOT_MAX = 131_072;
/** Effects of one input, which are written into the stream together. */
const EFFECTS_MAX = 64;

export interface MachineRun {
  readonly serviceName: string;
  /** JSON of an earlier run; undefined at first. */
  readonly snapshot: string | undefined;
  readonly inputs: readonly LogicInput[];
}

export interface MachineResult {
  readonly snapshot: string;
  /** One list for each input. */
  readonly effects: readonly (readonly LogicEffect[])[];
}

/** What of a machine's state there is to keep. */
interface Kept {
  readonly value: unknown;
  readonly status: string;
  readonly context: unknown;
  readonly historyValue: Readonly<Record<string, readonly { readonly id: string }[]>>;
}

/** A machine's state as XState has it, without its types of everything that a machine might do. */
interface Snapshot extends Kept {
  readonly children: Readonly<Record<string, unknown>>;
  readonly error: unknown;
}

/** The pure functions of a machine. */
interface Steps {
  getInitialSnapshot(scope: Scope, input: unknown): Snapshot;
  restoreSnapshot(kept: Snapshot & { readonly output: undefined }, scope: Scope): Snapshot;
  transition(snapshot: Snapshot, event: LogicInput, scope: Scope): Snapshot;
}

/** Where XState says what it would carry out. */
type Scope = Readonly<Record<keyof AnyActorScope, unknown>>;

/** Steps of one machine. Nothing is carried out: the actions that a step comes to are its answer. */
class Stepper {
  private collected: LogicEffect[] = [];
  private readonly steps: Steps;
  private readonly scope: Scope;

  constructor(
    machine: AnyStateMachine,
    private readonly serviceName: string,
  ) {
    this.steps = machine as unknown as Steps;
    const self = createEmptyActor();
    this.scope = {
      self,
      system: self.system,
      id: self.id,
      sessionId: self.sessionId,
      logger: () => undefined,
      defer: () => undefined,
      emit: () => undefined,
      stopChild: () => undefined,
      actionExecutor: ({ type, params }: { readonly type: string; readonly params: unknown }) => {
        this.collect(type, params);
      },
    };
  }

  step(before: string | undefined, input: LogicInput): readonly [snapshot: string, effects: readonly LogicEffect[]] {
    this.collected = [];
    // The machine's own first context is one object for all services: none of them may touch it.
    const start = this.restore(before ?? this.first());
    const next = this.steps.transition(start, frozen(input), this.scope);
    return [kept(next), this.collected];
  }

  first(): string {
    return kept(this.steps.getInitialSnapshot(this.scope, { serviceName: this.serviceName }));
  }

  private restore(json: string): Snapshot {
    const { context, ...rest } = JSON.parse(json) as Kept;
    const whole = { ...rest, context: frozen(context), children: {}, output: undefined, error: undefined };
    return this.steps.restoreSnapshot(whole, this.scope);
  }

  private collect(type: string, params: unknown): void {
    if (type === 'xstate.raise') {
      refuseDelay(params);
      return;
    }
    this.collected.push(readEffect(type, params));
    if (this.collected.length > EFFECTS_MAX) {
      throw new Failure('nonsense', `expected at most ${EFFECTS_MAX} effects for one input, got more`);
    }
  }
}

/** The machine has seen to an event that it raises itself, unless it is to come later. */
const refuseDelay = (params: unknown): void => {
  if ((params as { readonly delay?: unknown }).delay === undefined) return;
  throw new Failure('nonsense', 'raise: expected no delay: use setDeadline', ['delay']);
};

/** What of a machine's state is kept: no more than it takes to go on. */
const kept = ({ value, status, context, historyValue, children, error }: Snapshot): string => {
  if (status === 'error') throw error;
  const [actor] = Object.keys(children);
  if (actor !== undefined) throw new Failure('nonsense', 'expected no spawned or invoked actors, got one', ['spawn']);
  const history = Object.entries(historyValue);
  const json = JSON.stringify({
    value,
    status,
    context: plainCopy(context, 'context'),
    historyValue: Object.fromEntries(history.map(([id, nodes]) => [id, nodes.map((node) => ({ id: node.id }))])),
  });
  if (json.length > SNAPSHOT_MAX) {
    throw new Failure('nonsense', `context: expected at most ${SNAPSHOT_MAX} characters of JSON, got ${json.length}`);
  }
  return json;
};

/** Where a machine stands before its first input, JSON. */
export const firstSnapshot = (machine: AnyStateMachine, serviceName: string): string =>
  new Stepper(machine, serviceName).first();

/**
 * Has a machine answer inputs, one after another. Between two of them its state goes through JSON, so that it never
 * matters whether they come in one run or in many.
 * @throws Failure nonsense, or what the machine's own code throws
 */
export const runMachine = (machine: AnyStateMachine, { serviceName, snapshot, inputs }: MachineRun): MachineResult => {
  const stepper = new Stepper(machine, serviceName);
  const effects: (readonly LogicEffect[])[] = [];
  let last = snapshot;
  for (const input of inputs) {
    const [next, answer] = stepper.step(last, input);
    last = next;
    effects.push(answer);
  }
  if (last === undefined) throw new Error('runMachine: expected at least one input, got none');
  return { snapshot: last, effects };
};
