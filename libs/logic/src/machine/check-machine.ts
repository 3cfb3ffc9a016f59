import type { LogicEffect } from '@app/domain';
import type { AnyStateMachine } from 'xstate';
import { explore, type Words } from './exploration.js';
import { type Finding, walkMachine } from './machine-walk.js';

/** What a check of a machine found out; the lines of its findings are looked for where the file is. */
export interface MachineReport {
  readonly errors: readonly Finding[];
  readonly warnings: readonly Finding[];
  readonly states: readonly string[];
  readonly unreached: readonly string[];
  readonly effects: readonly string[];
  readonly statuses: Readonly<Record<string, readonly string[]>>;
  readonly deadlines: readonly string[];
}

const sorted = (texts: Iterable<string>): readonly string[] => [...new Set(texts)].sort();

const statusesOf = (effects: readonly LogicEffect[]): Readonly<Record<string, readonly string[]>> => {
  const dialogs = new Map<string, string[]>();
  for (const effect of effects) {
    if (effect.type !== 'setStatus') continue;
    const seen = dialogs.get(effect.status) ?? [];
    dialogs.set(effect.status, effect.dialog === undefined ? seen : [...seen, effect.dialog]);
  }
  return Object.fromEntries([...dialogs].map(([status, names]) => [status, sorted(names)]));
};

/** Paths of a state's value: of the states in it, and of those around them. */
const pathsOf = (value: unknown, above: string): readonly string[] => {
  if (typeof value === 'string') return [`${above}${value}`];
  return Object.entries(value as Readonly<Record<string, unknown>>).flatMap(([key, inner]) => [
    `${above}${key}`,
    ...pathsOf(inner, `${above}${key}.`),
  ]);
};

/**
 * Looks at a machine's configuration, then tries it, twice.
 * @param describe - puts what the machine threw into words
 */
export const checkMachine = (
  machine: AnyStateMachine,
  words: Words,
  describe: (error: unknown) => Finding,
): MachineReport => {
  const { errors, warnings, states, effects } = walkMachine(machine);
  const report = (
    more: readonly Finding[],
    seen: readonly LogicEffect[],
    unreached: readonly string[] = [],
  ): MachineReport => ({
    errors: [...errors, ...more],
    warnings,
    states,
    unreached,
    effects: sorted(seen.map(({ type }) => type)),
    statuses: statusesOf(seen),
    deadlines: sorted(seen.flatMap((effect) => (effect.type === 'setDeadline' ? [effect.name] : []))),
  });
  if (errors.length > 0) return report([], effects);
  const first = explore(machine, words);
  const all = [...effects, ...first.effects];
  if (first.failure !== undefined) {
    const { history, error } = first.failure;
    const finding = describe(error);
    return report([{ ...finding, message: `after ${history.join(', ')}: ${finding.message}` }], all);
  }
  const second = explore(machine, words);
  if (first.trace.join() !== second.trace.join()) {
    const message = 'the same inputs gave two different answers: expected nothing to be kept outside of the context';
    return report([{ message }], all);
  }
  const reached = new Set([...first.reached].flatMap((value) => pathsOf(JSON.parse(value), '')));
  return report(
    [],
    all,
    states.filter((state) => !reached.has(state)),
  );
};
