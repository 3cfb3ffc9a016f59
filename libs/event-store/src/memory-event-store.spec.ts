import { describeEventStore } from '../../../test/contract/event-store.contract.js';
import { MemoryEventStore } from './memory-event-store.js';

describeEventStore('MemoryEventStore', () => new MemoryEventStore());

describe('MemoryEventStore', () => {
  it('begins a reply at the same place when the same call comes again, as after a lost reply', async () => {
    const store = new MemoryEventStore();
    const entry = (position: number) => ({ position, n: 0, line: '', body: '{}', hash: 'h' });
    await store.append('id', { expected: null, entries: [entry(1), entry(2)] });
    const look = { known: null, reply: { from: 'cursor' }, callId: 'a' } as const;
    expect(await store.sync('id', look)).toMatchObject({ replyFrom: 0 });
    expect(await store.sync('id', look)).toMatchObject({ replyFrom: 0 });
    expect(await store.sync('id', { ...look, callId: 'b' })).toMatchObject({ replyFrom: 2 });
    // Calls of another gateway in between change nothing.
    for (const position of [3, 4]) {
      await store.append('id', { expected: { position: position - 1, n: 0 }, entries: [entry(position)] });
      await store.sync('id', { ...look, callId: `other ${position}` });
    }
    expect(await store.sync('id', look)).toMatchObject({ replyFrom: 0 });
  });
});
