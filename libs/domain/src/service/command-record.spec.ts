import { requested } from '../testing/events.js';
import { stateAfter } from '../testing/given.js';
import {
  COMMAND_MEMORY_MAX,
  COMMAND_MEMORY_MS,
  type CommandMemory,
  type CommandRecord,
  findCommand,
  NO_COMMANDS,
  rememberCommand,
} from './command-record.js';

const remember = (memory: CommandMemory, commandId: string, atMs: number, position = 1): CommandMemory =>
  rememberCommand(memory, { commandId, atMs, position, n: 0, verbose: false, replyFrom: 0, event: {} });

/** What is remembered of a command with one event. */
const recordOf = (commandId: string, atMs: number, position = 1): CommandRecord => ({
  ...{ commandId, atMs, last: { position, n: 0 }, replyFrom: 0 },
});

const count = ({ chunks, recent }: CommandMemory): number => chunks.flat().length + recent.length;

describe('the memory of commands', () => {
  it('knows what a command did, to its last event', () => {
    const memory = remember(remember(remember(NO_COMMANDS, 'a', 1, 5), 'b', 2, 6), 'b', 2, 7);
    expect(findCommand(memory, 'b')).toEqual(recordOf('b', 2, 7));
    expect(findCommand(memory, 'a')?.last.position).toBe(5);
    expect(findCommand(memory, 'c')).toBeUndefined();
  });

  it('keeps a thousand and more, and never above its limit', () => {
    let memory = NO_COMMANDS;
    for (let index = 0; index < 3_000; index += 1) memory = remember(memory, `k:${index}`, 0);
    expect(count(memory)).toBeGreaterThan(COMMAND_MEMORY_MAX - 64);
    expect(count(memory)).toBeLessThanOrEqual(COMMAND_MEMORY_MAX);
    expect(findCommand(memory, 'k:2999')).toEqual(recordOf('k:2999', 0));
    expect(findCommand(memory, 'k:2100')).toEqual(recordOf('k:2100', 0));
    expect(findCommand(memory, 'k:0')).toBeUndefined();
  });

  it('forgets an id after ten minutes', () => {
    let memory = remember(NO_COMMANDS, 'k:old', 0);
    const fill = (from: number): void => {
      for (let index = 0; index < 70; index += 1) memory = remember(memory, `k:${from}-${index}`, from);
    };
    fill(COMMAND_MEMORY_MS);
    expect(findCommand(memory, 'k:old')).toEqual(recordOf('k:old', 0));
    fill(COMMAND_MEMORY_MS + 1);
    expect(findCommand(memory, 'k:old')).toBeUndefined();
  });

  it('does not remember ids that were made for one request', () => {
    expect(remember(NO_COMMANDS, '~own', 0)).toBe(NO_COMMANDS);
  });

  it('changes nothing that somebody else holds', () => {
    const before = remember(NO_COMMANDS, 'a', 0);
    remember(before, 'b', 1);
    expect(findCommand(before, 'b')).toBeUndefined();
  });

  it('keeps a command of several events together, also where a chunk is full', () => {
    for (let before = 30; before <= 34; before += 1) {
      let memory = NO_COMMANDS;
      for (let index = 0; index < before; index += 1) memory = remember(memory, `k:${index}`, 0);
      for (const position of [90, 91, 92]) memory = remember(memory, 'k:several', 0, position);
      expect(count(memory)).toBe(before + 1);
      expect(findCommand(memory, 'k:several')?.last).toEqual({ position: 92, n: 0 });
    }
  });

  it('is plain data: a checkpoint keeps it', () => {
    let memory = NO_COMMANDS;
    for (let index = 0; index < 100; index += 1) memory = remember(memory, `k:${index}`, index, index);
    expect(JSON.parse(JSON.stringify(memory))).toStrictEqual(memory);
  });

  it('knows a command whose reply showed no events', () => {
    const envelope = { commandId: 'a', atMs: 1, position: 1, n: 2, verbose: false, replyFrom: null, event: {} };
    expect(findCommand(rememberCommand(NO_COMMANDS, envelope), 'a')).toMatchObject({ replyFrom: null });
  });

  it('is filled by every event of a service', () => {
    const state = stateAfter(requested, { type: 'OwnerIdentified', user: 'u' });
    const memory = state.status === 'open' ? state.commands : NO_COMMANDS;
    expect(findCommand(memory, 'past-0')?.last).toEqual({ position: 0, n: 1 });
    expect(findCommand(memory, 'past-1')?.last).toEqual({ position: 0, n: 2 });
  });
});
