import { randomBytes } from 'node:crypto';
import type { EntryId } from '@app/domain';
import {
  type AppendRequest,
  type EventStore,
  FAR_BEHIND,
  MAX_N,
  newBasicServiceId,
  type StoredEntry,
} from '@app/event-store';

type NewEntry = Omit<StoredEntry, 'replyFrom'>;

const at = (position: number, n = 0): EntryId => ({ position, n });

const entry = (position: number, n = 0): NewEntry => ({
  position,
  n,
  line: n === 0 && position > 1 ? `["Message.Text","V","m${position}","0","CLIENT"]` : '',
  body: `{"v":1,"p":${position},"n":${n}}`,
  hash: randomBytes(8).toString('hex'),
});

/** What every implementation of the port promises. */
export const describeEventStore = (name: string, makeStore: () => Promise<EventStore> | EventStore): void => {
  describe(`${name} as an event store`, () => {
    let store: EventStore;
    let id: string;
    let calls = 0;

    beforeAll(async () => {
      store = await makeStore();
    });

    beforeEach(() => {
      id = newBasicServiceId(3, 4);
    });

    const append = (expected: EntryId | null, entries: readonly NewEntry[], more: Partial<AppendRequest> = {}) =>
      store.append(id, { expected, entries, ...more });
    const sync = (known: EntryId | null, from?: 'cursor' | number, callId = `call-${(calls += 1)}`) =>
      store.sync(id, { known, callId, ...(from === undefined ? {} : { reply: { from } }) });
    /** A stream with a hidden first event and positions 1 to `end`. */
    const write = async (end: number): Promise<NewEntry[]> => {
      const entries = [entry(0, 1), ...Array.from({ length: end }, (_, index) => entry(index + 1))];
      await append(null, entries);
      return entries;
    };
    const withFrom = (entries: readonly NewEntry[], replyFrom: number | null = null): StoredEntry[] =>
      entries.map((each) => ({ ...each, replyFrom }));

    it('creates a stream once', async () => {
      expect(await append(null, [entry(0, 1)])).toEqual({ outcome: 'appended', replyFrom: null });
      expect(await append(null, [entry(0, 1)])).toEqual({ outcome: 'missing' });
    });

    it('appends at the end that the writer knows', async () => {
      const entries = await write(2);
      const more = [entry(2, 1), entry(3)];
      expect(await append(at(2), more)).toMatchObject({ outcome: 'appended' });
      expect(await store.read(id, at(0), at(9))).toEqual(withFrom([...entries, ...more]));
    });

    it('confirms what it has appended', async () => {
      const entries = await write(2);
      for (const each of entries) expect(await store.confirm(id, each)).toBe(true);
    });

    it('tells a writer who is behind exactly what he missed, and stores nothing', async () => {
      const entries = await write(3);
      expect(await append(at(1), [entry(2)])).toEqual({ outcome: 'conflict', missed: withFrom(entries.slice(2)) });
      expect(await append(at(0, 1), [entry(9)])).toMatchObject({ outcome: 'conflict' });
      expect(await store.read(id, at(0), at(9))).toHaveLength(4);
    });

    it('tells a writer who is far behind only that', async () => {
      const entries = await write(FAR_BEHIND + 1);
      expect(await append(at(1), [entry(2)])).toEqual({ outcome: 'conflict', missed: null });
      expect(await append(at(2), [entry(3)])).toEqual({ outcome: 'conflict', missed: withFrom(entries.slice(3)) });
    });

    it('changes nothing else either when an append comes too late', async () => {
      await write(2);
      const late = { reply: { from: 'cursor', to: 9 }, seenAtMs: 777, checkpoint: { ...at(1), text: 'x' } } as const;
      await append(at(1), [entry(2)], late);
      await append(at(5), [entry(6)], late);
      await append(null, [entry(0, 1)], late);
      expect(await sync(null, 'cursor')).toMatchObject({ replyFrom: 0, lastSeenMs: 0, checkpoint: null });
    });

    it('tells a writer of his own events when he tries again what was done', async () => {
      await write(1);
      const mine = [entry(2), entry(2, 1)];
      const request = { reply: { from: 'cursor', to: 2 } } as const;
      await append(at(1), mine, request);
      expect(await append(at(1), mine, request)).toEqual({ outcome: 'conflict', missed: withFrom(mine, 0) });
      expect(await store.read(id, at(0), at(9))).toHaveLength(4);
    });

    it('keeps texts as they are', async () => {
      const line = JSON.stringify(['Message.Text', '\u2028\ud83d\ude00', '\0"\\\u202e', '0', 'CLIENT']);
      const hostile = { ...entry(1), line, body: JSON.stringify({ c: 'a\nb', d: '1-0' }) };
      await append(null, [entry(0, 1), hostile]);
      expect(await store.read(id, at(1), at(1))).toEqual(withFrom([hostile]));
    });

    it('knows nothing of a stream that was never written', async () => {
      expect(await append(at(1), [entry(2)])).toEqual({ outcome: 'missing' });
      expect(await sync(null)).toEqual({ outcome: 'missing' });
      expect(await sync(at(1))).toEqual({ outcome: 'missing' });
      expect(await store.read(id, at(0), at(9))).toEqual([]);
    });

    it('sees that a stream ends before what was known of it', async () => {
      await write(2);
      expect(await append(at(5), [entry(6)])).toEqual({ outcome: 'rolled-back' });
      expect(await sync(at(5))).toEqual({ outcome: 'rolled-back' });
      expect(await append(at(1, 1), [entry(3)])).toEqual({ outcome: 'rolled-back' });
      expect(await sync(at(1, 1))).toEqual({ outcome: 'rolled-back' });
    });

    it('brings a reader up to date', async () => {
      const entries = await write(3);
      expect(await sync(at(1))).toMatchObject({
        outcome: 'current',
        isAfresh: false,
        entries: withFrom(entries.slice(2)),
      });
      expect(await sync(at(3))).toMatchObject({ isAfresh: false, entries: [], replyFrom: null });
      expect(await sync(null)).toMatchObject({ isAfresh: true, checkpoint: null, entries: withFrom(entries) });
    });

    it('brings a reader who is far behind up to date from the beginning', async () => {
      const entries = await write(FAR_BEHIND + 1);
      expect(await sync(at(2))).toMatchObject({ isAfresh: false, entries: withFrom(entries.slice(3)) });
      expect(await sync(at(1))).toMatchObject({ isAfresh: true, checkpoint: null, entries: withFrom(entries) });
    });

    it('begins afresh at the newest checkpoint, for readers who know nothing or are far behind', async () => {
      await write(FAR_BEHIND + 3);
      const end = at(FAR_BEHIND + 3);
      const next = entry(FAR_BEHIND + 4);
      await append(end, [next], { checkpoint: { ...end, text: '{"state":1}' } });
      const expected = { isAfresh: true, checkpoint: { ...end, text: '{"state":1}' }, entries: withFrom([next]) };
      expect(await sync(null)).toMatchObject(expected);
      expect(await sync(at(1))).toMatchObject(expected);
    });

    it('keeps transcript blocks with the events, and tells which are not there', async () => {
      await write(1);
      const blocks = [
        { index: 0, text: 'a\nb' },
        { index: 2, text: 'c' },
      ];
      await append(at(1), [entry(2)], { blocks });
      expect(await store.readBlocks(id, 0, 2)).toEqual(['a\nb', undefined, 'c']);
      expect(await store.readBlocks(newBasicServiceId(1, 4), 0, 0)).toEqual([undefined]);
    });

    it('keeps a cursor: a reply begins where the one before ended', async () => {
      await write(3);
      expect(await sync(null, 'cursor')).toMatchObject({ replyFrom: 0 });
      expect(await sync(null, 'cursor')).toMatchObject({ replyFrom: 3 });
      expect(await append(at(3), [entry(4)], { reply: { from: 'cursor', to: 4 } })).toMatchObject({ replyFrom: 3 });
      expect(await sync(null, 'cursor')).toMatchObject({ replyFrom: 4 });
    });

    it('notes with the events where the reply to their command began', async () => {
      await write(1);
      await append(at(1), [entry(2), entry(3)], { reply: { from: 'cursor', to: 3 } });
      await append(at(3), [entry(4)], { reply: { from: 1, to: 4 } });
      const froms = (await store.read(id, at(2), at(4))).map(({ replyFrom }) => replyFrom);
      expect(froms).toEqual([0, 0, 1]);
    });

    it('begins a reply where it is asked to, and never moves the cursor back', async () => {
      await write(5);
      expect(await sync(null, 'cursor')).toMatchObject({ replyFrom: 0 });
      expect(await sync(null, 2)).toMatchObject({ replyFrom: 2 });
      expect(await sync(null, 99)).toMatchObject({ replyFrom: 99 });
      expect(await sync(null, 'cursor')).toMatchObject({ replyFrom: 5 });
    });

    it('never moves the cursor back with an append either', async () => {
      await write(5);
      await sync(null, 'cursor');
      expect(await append(at(5), [entry(5, 1)], { reply: { from: 2, to: 4 } })).toMatchObject({ replyFrom: 2 });
      expect(await sync(null, 'cursor')).toMatchObject({ replyFrom: 5 });
    });

    it('has a cursor that knows positions only: hidden events do not move it', async () => {
      await write(2);
      await sync(null, 'cursor');
      expect(await append(at(2), [entry(2, 1)], { reply: { from: 'cursor', to: 2 } })).toMatchObject({ replyFrom: 2 });
      await append(at(2, 1), [entry(3)]);
      expect(await sync(null, 'cursor')).toMatchObject({ replyFrom: 2 });
    });

    it('moves no cursor for a reader who asks for no reply, and for no one else than who asks', async () => {
      await write(2);
      await sync(null);
      await append(at(2), [entry(3)]);
      expect(await sync(null, 'cursor')).toMatchObject({ replyFrom: 0 });
    });

    it('sets the cursor back only while nobody has moved it since', async () => {
      await write(3);
      await sync(null, 'cursor');
      await store.rewind(id, 3, 0);
      expect(await sync(null, 'cursor')).toMatchObject({ replyFrom: 0 });
      await append(at(3), [entry(4)], { reply: { from: 'cursor', to: 4 } });
      await store.rewind(id, 3, 0);
      expect(await sync(null, 'cursor')).toMatchObject({ replyFrom: 4 });
    });

    it('tells when the customer was last seen before', async () => {
      await write(1);
      const see = (seenAtMs: number) => store.sync(id, { known: null, callId: 'x', seenAtMs });
      expect(await see(111)).toMatchObject({ lastSeenMs: 0 });
      expect(await see(222)).toMatchObject({ lastSeenMs: 111 });
      await append(at(1), [entry(2)], { seenAtMs: 333 });
      expect(await see(444)).toMatchObject({ lastSeenMs: 333 });
    });

    it('does not forget when the customer was seen, whoever writes or reads since', async () => {
      await write(1);
      await append(at(1), [entry(2)], { seenAtMs: 333 });
      await append(at(2), [entry(3)]);
      await append(at(3), [entry(4)], { reply: { from: 'cursor', to: 4 } });
      await append(at(4), [entry(4, 1)], { reply: { from: 'cursor', to: 4 } });
      await sync(null, 'cursor');
      expect(await sync(null)).toMatchObject({ lastSeenMs: 333 });
    });

    it('leaves nothing behind of a stream that was only looked for', async () => {
      await store.sync(id, { known: null, callId: 'x', reply: { from: 'cursor' }, seenAtMs: 5 });
      await append(null, [entry(0, 1), entry(1)]);
      expect(await sync(null, 'cursor')).toMatchObject({ replyFrom: 0, lastSeenMs: 0 });
    });

    it('reads a range of entries, both ends included, and no more than asked for', async () => {
      const entries = await write(4);
      expect(await store.read(id, at(1), at(3))).toEqual(withFrom(entries.slice(1, 4)));
      expect(await store.read(id, at(0, 2), at(2))).toEqual(withFrom(entries.slice(1, 3)));
      expect(await store.read(id, at(0), at(9), 2)).toEqual(withFrom(entries.slice(0, 2)));
      expect(await store.read(id, at(3), at(MAX_N))).toHaveLength(2);
    });
  });
};
