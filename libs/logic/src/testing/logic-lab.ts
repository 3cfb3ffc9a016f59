import { readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { LogicEffect, LogicInput } from '@app/domain';
import type { AnyStateMachine } from 'xstate';
import { hashOfLogic } from '../logic-hash.js';
import { machineOf } from '../machine/machine-of.js';
import { runMachine } from '../machine/run-machine.js';

/** A logic that is shipped with the server, as its file is and as a machine. */
export interface ShippedLogic {
  readonly source: string;
  readonly hash: string;
  readonly machine: AnyStateMachine;
}

export const shippedLogic = async (name: string): Promise<ShippedLogic> => {
  const file = fileURLToPath(new URL(`../../../../services/logic/${name}.mjs`, import.meta.url));
  const source = readFileSync(file, 'utf8');
  const module = (await import(pathToFileURL(file).href)) as { readonly default: unknown };
  return { source, hash: hashOfLogic(source), machine: machineOf(module.default) };
};

type WithoutTime<Input> = Input extends LogicInput ? Omit<Input, 'atMs'> : never;
/** An input; its time follows from its place. */
export type Told = WithoutTime<LogicInput>;

/** 2026-01-01T00:00:00Z; each input comes a second after the one before. */
const START_MS = 1_767_225_600_000;

export const timed = (told: readonly Told[]): readonly LogicInput[] =>
  told.map((input, index) => ({ ...input, atMs: START_MS + index * 1_000 }));

export interface Given {
  /** What the logic answers to the next input, and the state that it is in then. */
  readonly when: (input: Told) => { readonly effects: readonly LogicEffect[]; readonly state: unknown };
}

/** Given what a logic has been told, when it is told more, then these are its effects. */
export const givenFor =
  (machine: AnyStateMachine) =>
  (...before: readonly Told[]): Given => ({
    when: (input) => {
      const inputs = timed([...before, input]);
      const { snapshot, effects } = runMachine(machine, { serviceName: 'lab', snapshot: undefined, inputs });
      const { value } = JSON.parse(snapshot) as { readonly value: unknown };
      return { effects: effects.at(-1) ?? [], state: value };
    },
  });

/** Every transition of a flat machine: `state: input`, with a number from 1 where one input has several. */
export const transitionsOf = (machine: AnyStateMachine): readonly string[] => {
  const config = machine.config as Config;
  const nodes = [['any', config] as const, ...Object.entries(config.states ?? {})];
  return nodes.flatMap(([name, { on = {} }]) =>
    Object.entries(on).flatMap(([input, transitions]) =>
      Array.isArray(transitions)
        ? transitions.map((_, index) => `${name}: ${input} ${index + 1}`)
        : [`${name}: ${input}`],
    ),
  );
};

interface Config {
  readonly on?: Readonly<Record<string, unknown>>;
  readonly states?: Readonly<Record<string, Config>>;
}

/** The source of a logic with one state in which anything can be done to one input. */
export const logicOf = (parts: {
  readonly before?: string;
  readonly context?: string;
  readonly actions?: string;
  readonly setup?: string;
  readonly on?: string;
}): string => `${parts.before ?? ''}
export default ({ setup, assign, raise, enqueueActions }) =>
  setup(${parts.setup ?? '{}'}).createMachine({
    context: ${parts.context ?? '{}'},
    initial: 'only',
    states: { only: { on: { ${parts.on ?? `data: { actions: ${parts.actions ?? '[]'} }`} } } },
  });
`;
