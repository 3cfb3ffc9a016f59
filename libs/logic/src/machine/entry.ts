import type { AnyStateMachine } from 'xstate';
import type { LogicErrorKind } from '../logic-error.js';
import { checkMachine } from './check-machine.js';
import type { Words } from './exploration.js';
import { discreet } from './discreet.js';
import { Failure } from './failure.js';
import { machineOf } from './machine-of.js';
import { type MachineRun, runMachine } from './run-machine.js';

/**
 * The side of a logic's realm that the thread talks to. Only texts go over the border, so that nothing of the thread
 * is ever in a logic's hands.
 */

export { hardenRealm } from './hardening.js';

/** What went wrong, in JSON. */
export interface TextOfFailure {
  readonly kind: LogicErrorKind;
  readonly message: string;
  readonly line?: number;
  readonly near?: readonly string[];
}

/** The answer to any call: JSON of one of these. */
export type Answer = { readonly value: unknown } | { readonly failure: TextOfFailure };

let machine: AnyStateMachine | undefined;
/** Name of the logic's file, as it stands in stacks. */
let file = '';

const failureOf = (error: unknown, given: unknown, kind: LogicErrorKind): TextOfFailure => {
  try {
    if (error instanceof Failure) {
      return { kind: error.kind, message: error.message, near: error.near };
    }
    if (!(error instanceof Error)) return { kind, message: 'something that is no error was thrown' };
    const line = error.stack?.split(`${file}:`)[1]?.match(/^\d+/)?.[0];
    const message = discreet(`${error.name}: ${error.message}`, given);
    return { kind, message, ...(line === undefined ? {} : { line: Number(line) }) };
  } catch {
    return { kind, message: 'an error was thrown that cannot be read' };
  }
};

const answer = (work: () => unknown, given: unknown, kind: LogicErrorKind): string => {
  let reply: Answer;
  try {
    reply = { value: work() };
  } catch (error) {
    reply = { failure: failureOf(error, given, kind) };
  }
  return JSON.stringify(reply);
};

/** @param name - of the file @param exported - its default export */
export const load = (name: string, exported: unknown): string => {
  file = name;
  return answer(
    () => {
      machine = machineOf(exported);
      return null;
    },
    null,
    'invalid',
  );
};

/** What was thrown while the file was read. */
export const refusal = (name: string, error: unknown): string => {
  file = name;
  return JSON.stringify({ failure: failureOf(error, null, 'invalid') } satisfies Answer);
};

/** @param json - of a MachineRun */
export const run = (json: string): string => {
  const given = JSON.parse(json) as MachineRun;
  return answer(() => runMachine(loaded(), given), [given.inputs, JSON.parse(given.snapshot ?? 'null')], 'threw');
};

/** @param json - of the words that may matter to the logic, see checkMachine */
export const check = (json: string): string =>
  answer(
    () => checkMachine(loaded(), JSON.parse(json) as Words, (error) => failureOf(error, null, 'threw')),
    null,
    'invalid',
  );

const loaded = (): AnyStateMachine => {
  if (machine === undefined) throw new Error('entry: expected a logic to be loaded first');
  return machine;
};
