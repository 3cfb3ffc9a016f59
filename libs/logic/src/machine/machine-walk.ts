import type { LogicEffect, LogicInput } from '@app/domain';
import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { isEffectName, readEffect, unknownAction } from './effects.js';
import { Failure } from './failure.js';

/** What is wrong with a machine. */
export interface Finding {
  readonly message: string;
  /** Words of the file that tell where, the best first. */
  readonly near?: readonly string[];
  /** From 1, where it is known. */
  readonly line?: number;
}

/** Everything that can be told of a machine without running it. */
export interface MachineWalk {
  readonly errors: readonly Finding[];
  readonly warnings: readonly Finding[];
  readonly states: readonly string[];
  /** Effects whose params are written down in the machine. */
  readonly effects: readonly LogicEffect[];
}

export const INPUT_TYPES: readonly LogicInput['type'][] = [
  'requested',
  'data',
  'agentReserved',
  'agentGone',
  'chatStarted',
  'agentJoined',
  'agentLeft',
  'chatEnded',
  'deadline',
];

/** Actions of the toolkit; those that are left out start something or need a clock. */
const TOOLKIT_ACTIONS = new Set(['xstate.assign', 'xstate.raise', 'xstate.enqueueActions']);

type Members = Readonly<Record<string, unknown>>;
const membersOf = (value: unknown): Members => (typeof value === 'object' && value !== null ? (value as Members) : {});
const listOf = (value: unknown): readonly unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly unknown[]) : [value];

class Walker {
  readonly errors: Finding[] = [];
  readonly warnings: Finding[] = [];
  readonly states: string[] = [];
  readonly effects: LogicEffect[] = [];
  private readonly actions: Members;
  private readonly guards: Members;

  constructor(private readonly machine: AnyStateMachine) {
    this.actions = machine.implementations.actions as Members;
    this.guards = machine.implementations.guards as Members;
  }

  walk(): MachineWalk {
    const implementations = this.machine.implementations;
    for (const part of ['actors', 'delays'] as const) {
      if (Object.keys(membersOf(implementations[part])).length > 0) {
        this.refuse({ where: `setup: ${part}`, near: [part] }, 'none: a logic starts nothing and has no clock');
      }
    }
    for (const [name, action] of Object.entries(this.actions)) this.implemented(name, action);
    this.node(this.machine.root);
    return this;
  }

  private node(node: AnyStateNode): void {
    const name = node.path.join('.');
    if (name !== '') this.states.push(name);
    const here: Place = { where: name === '' ? 'the machine' : `state ${name}`, near: [] };
    const config = membersOf(node.config);
    if (config['after'] !== undefined) {
      this.refuse(within(here, 'after'), 'none: use setDeadline, and on the input deadline');
    }
    if (config['invoke'] !== undefined) this.refuse(within(here, 'invoke'), 'none: a logic starts nothing');
    this.all(within(here, 'entry'), config['entry']);
    this.all(within(here, 'exit'), config['exit']);
    for (const [type, transitions] of Object.entries(membersOf(config['on']))) {
      const place = within(here, type, 'on ');
      if (!(INPUT_TYPES as readonly string[]).includes(type) && type !== '*') {
        const names = INPUT_TYPES.join(', ');
        const message = `${place.where}: no input has this name: expected one of ${names}, or one that the logic raises itself`;
        this.warnings.push({ message, near: place.near });
      }
      this.transitions(place, transitions);
    }
    this.transitions(within(here, 'always'), config['always']);
    this.transitions(within(here, 'onDone'), config['onDone']);
    for (const child of Object.values(node.states)) this.node(child);
  }

  private transitions(place: Place, transitions: unknown): void {
    for (const transition of listOf(transitions)) {
      const { actions, guard } = membersOf(transition);
      this.all(place, actions);
      this.guard(place, guard);
    }
  }

  private guard(place: Place, guard: unknown): void {
    if (typeof guard === 'function') {
      for (const part of listOf((guard as { readonly guards?: unknown }).guards)) this.guard(place, part);
      return;
    }
    const name = typeof guard === 'string' ? guard : membersOf(guard)['type'];
    if (typeof name === 'string' && !Object.hasOwn(this.guards, name)) {
      this.refuse(within(place, name, 'guard '), 'one that setup names');
    }
  }

  private all(place: Place, actions: unknown): void {
    for (const action of listOf(actions)) this.action(place, action);
  }

  private action(place: Place, action: unknown): void {
    if (typeof action === 'function') {
      this.functionAction(place, action);
      return;
    }
    const { type, params } = typeof action === 'string' ? { type: action, params: undefined } : partsOf(action);
    if (typeof type !== 'string') {
      this.refuse(place, 'actions with a type');
      return;
    }
    if (Object.hasOwn(this.actions, type)) return;
    try {
      if (!isEffectName(type)) throw unknownAction(type);
      // Params that are worked out from context and event are seen when the machine is tried.
      if (typeof params !== 'function') this.effects.push(readEffect(type, params));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      this.errors.push({ message: `${place.where}: ${error.message}`, near: [...error.near, ...place.near] });
    }
  }

  private implemented(name: string, action: unknown): void {
    const place: Place = { where: `setup: action ${name}`, near: [name] };
    if (isEffectName(name)) this.refuse(place, 'none of this name: the server carries it out');
    else this.all(place, action);
  }

  private functionAction(place: Place, action: unknown): void {
    const { type, delay } = action as { readonly type?: unknown; readonly delay?: unknown };
    if (typeof type !== 'string' || !TOOLKIT_ACTIONS.has(type)) {
      this.refuse(place, 'effects by name, or assign, raise and enqueueActions: other functions are never called');
    } else if (delay !== undefined) {
      this.refuse(within(place, 'delay', 'raise: '), 'none: use setDeadline');
    }
  }

  private refuse({ where, near }: Place, expected: string): void {
    this.errors.push({ message: `${where}: expected ${expected}`, near });
  }
}

/** A part of a machine, in words, and the words of the file that it may be found by. */
interface Place {
  readonly where: string;
  readonly near: readonly string[];
}

const within = ({ where, near }: Place, word: string, kind = ''): Place => ({
  where: `${where}: ${kind}${word}`,
  near: [word, ...near],
});

const partsOf = (action: unknown): { readonly type: unknown; readonly params: unknown } => {
  const { type, params } = membersOf(action);
  return { type, params };
};

/** Looks at every part of a machine's configuration. */
export const walkMachine = (machine: AnyStateMachine): MachineWalk => new Walker(machine).walk();
