import { type AnyStateMachine, StateMachine } from 'xstate';
import { Failure, kindOf } from './failure.js';
import { toolkit } from './toolkit.js';

/**
 * Makes the machine of a logic's default export.
 * @throws Failure invalid, or what the function throws
 */
export const machineOf = (exported: unknown): AnyStateMachine => {
  if (typeof exported !== 'function') {
    throw new Failure(
      'invalid',
      `export default: expected a function such as ({ setup, assign }) => setup({}).createMachine({}), got ${kindOf(exported)}`,
      ['export default'],
    );
  }
  const machine: unknown = (exported as (kit: typeof toolkit) => unknown)(toolkit);
  if (machine instanceof StateMachine) return machine as AnyStateMachine;
  throw new Failure('invalid', `export default: expected its function to return a machine, got ${kindOf(machine)}`);
};
