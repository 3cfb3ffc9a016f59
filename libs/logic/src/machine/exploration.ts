import type { LogicEffect, LogicInput, TextMap } from '@app/domain';
import type { AnyStateMachine } from 'xstate';
import { firstSnapshot, runMachine } from './run-machine.js';

/** What an application may send to the logic that is tried. */
export interface Words {
  /** Names that the file speaks of: business data may have them. */
  readonly names: readonly string[];
  /** Texts that the file compares with. */
  readonly values: readonly string[];
}

/** A machine's answers to histories that may happen to a service. */
export interface Exploration {
  /** Texts of the states that were reached, JSON. */
  readonly reached: ReadonlySet<string>;
  readonly effects: readonly LogicEffect[];
  /** Every snapshot and answer in the order of the tries, to compare two explorations. */
  readonly trace: readonly string[];
  /** The first history that the machine failed at. */
  readonly failure?: { readonly history: readonly string[]; readonly error: unknown };
}

/** Histories end there: a machine with more states than that is tried in part. */
const STEPS_MAX = 1_200;
/** Contexts that are tried in one state. */
const CONTEXTS_MAX = 3;
const VALUES_MAX = 6;

/** What is certain about a service from outside: it says which inputs can come next. */
interface Outside {
  readonly phase: 'new' | 'idle' | 'routing' | 'reserved' | 'chat' | 'joined' | 'ended';
  readonly deadlines: readonly string[];
}

interface Place {
  readonly snapshot: string | undefined;
  readonly outside: Outside;
  readonly data: TextMap;
  readonly history: readonly string[];
}

const SERVICE_NAME = 'check';
const START_MS = 1_767_225_600_000;

const dataOf = ({ names, values }: Words): readonly TextMap[] => [
  {},
  ...['1', ...values.slice(0, VALUES_MAX)].map((value) => Object.fromEntries(names.map((name) => [name, value]))),
];

const inputsAt = ({ outside, data, history }: Place, samples: readonly TextMap[]): readonly LogicInput[] => {
  const atMs = START_MS + history.length * 1_000;
  const { phase } = outside;
  const agentId = 'agent1';
  if (phase === 'new') {
    return samples.flatMap((each) =>
      [true, false].map((isOpen) => ({ type: 'requested', atMs, data: each, isOpen }) as const),
    );
  }
  return [
    ...samples.flatMap((changed) =>
      [true, false].map((isOpen) => ({ type: 'data', atMs, data: { ...data, ...changed }, changed, isOpen }) as const),
    ),
    ...(phase === 'routing' ? [{ type: 'agentReserved', atMs, agentId, nickname: 'Kate' } as const] : []),
    ...(phase === 'reserved'
      ? [{ type: 'agentGone', atMs, reason: 'expired' } as const, { type: 'chatStarted', atMs, data } as const]
      : []),
    ...(phase === 'chat' ? [{ type: 'agentJoined', atMs, agentId } as const] : []),
    ...(phase === 'joined' ? [{ type: 'agentLeft', atMs, agentId } as const] : []),
    ...(phase === 'chat' || phase === 'joined' ? [{ type: 'chatEnded', atMs, reason: 'customer' } as const] : []),
    ...outside.deadlines.map((name) => ({ type: 'deadline', atMs, name }) as const),
  ];
};

const PHASE_AFTER: Readonly<Partial<Record<LogicInput['type'], Outside['phase']>>> = {
  requested: 'idle',
  agentReserved: 'reserved',
  agentGone: 'idle',
  chatStarted: 'chat',
  agentJoined: 'joined',
  agentLeft: 'chat',
  chatEnded: 'ended',
};

const outsideAfter = (before: Outside, input: LogicInput, effects: readonly LogicEffect[]): Outside => {
  let phase = PHASE_AFTER[input.type] ?? before.phase;
  const deadlines = new Set(before.deadlines);
  if (input.type === 'deadline') deadlines.delete(input.name);
  for (const effect of effects) {
    if (effect.type === 'route' && phase === 'idle') phase = 'routing';
    if (effect.type === 'cancelRoute' && (phase === 'routing' || phase === 'reserved')) phase = 'idle';
    if (effect.type === 'setDeadline') deadlines.add(effect.name);
    if (effect.type === 'clearDeadline') deadlines.delete(effect.name);
  }
  return { phase, deadlines: [...deadlines].sort() };
};

const told = (input: LogicInput): string => (input.type === 'deadline' ? `deadline ${input.name}` : input.type);

/** Tries a machine with the histories that may happen to a service, the short ones first. */
export const explore = (machine: AnyStateMachine, words: Words): Exploration => {
  const samples = dataOf(words);
  const reached = new Set<string>();
  const effects: LogicEffect[] = [];
  const trace: string[] = [];
  const contexts = new Map<string, Set<string>>();
  const places: Place[] = [{ snapshot: undefined, outside: { phase: 'new', deadlines: [] }, data: {}, history: [] }];
  const valueOf = (snapshot: string): string =>
    JSON.stringify((JSON.parse(snapshot) as { readonly value: unknown }).value);
  try {
    reached.add(valueOf(firstSnapshot(machine, SERVICE_NAME)));
  } catch (error) {
    return { reached, effects, trace, failure: { history: ['its start'], error } };
  }
  for (const place of places) {
    for (const input of inputsAt(place, samples)) {
      if (trace.length >= STEPS_MAX) return { reached, effects, trace };
      const history = [...place.history, told(input)];
      let result;
      try {
        result = runMachine(machine, { serviceName: SERVICE_NAME, snapshot: place.snapshot, inputs: [input] });
      } catch (error) {
        return { reached, effects, trace, failure: { history, error } };
      }
      const answer = result.effects.flat();
      trace.push(JSON.stringify([result.snapshot, answer]));
      effects.push(...answer);
      const { value, context } = JSON.parse(result.snapshot) as { readonly value: unknown; readonly context: unknown };
      reached.add(JSON.stringify(value));
      const outside = outsideAfter(place.outside, input, answer);
      const key = JSON.stringify([value, outside]);
      const seen = contexts.get(key) ?? new Set();
      contexts.set(key, seen);
      const known = JSON.stringify(context);
      if (seen.has(known) || seen.size >= CONTEXTS_MAX) continue;
      seen.add(known);
      places.push({ snapshot: result.snapshot, outside, data: 'data' in input ? input.data : place.data, history });
    }
  }
  return { reached, effects, trace };
};
