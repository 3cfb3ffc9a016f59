import { type Durability, type Keeping, keepingFaults } from './durability.js';

const SOUND: Keeping = { node: 'r:1', hasFile: true, fsync: 'always', eviction: 'noeviction', replicas: 2 };

describe('what a Redis does, against what it is to promise', () => {
  it.each<[Durability, Partial<Keeping>]>([
    ['always', {}],
    ['everysec', {}],
    ['everysec', { fsync: 'everysec' }],
    ['local', { hasFile: false, fsync: 'no', replicas: 0 }],
    ['replicated', { hasFile: false, fsync: 'no' }],
    // What is not told is not held against it.
    ['always', { hasFile: undefined, fsync: undefined, eviction: undefined, replicas: undefined }],
    ['replicated', { replicas: undefined }],
  ])('%s is kept by %j', (durability, keeping) => {
    expect(keepingFaults({ ...SOUND, ...keeping }, durability, 2)).toEqual([]);
  });

  it.each<[Durability, Partial<Keeping>, boolean, string]>([
    ['always', { hasFile: false }, true, 'r:1: expected appendonly yes for DURABILITY=always, got no'],
    ['always', { fsync: 'everysec' }, true, 'r:1: expected appendfsync always for DURABILITY=always, got everysec'],
    ['everysec', { hasFile: false }, false, 'r:1: expected appendonly yes for DURABILITY=everysec, got no'],
    ['everysec', { fsync: 'no' }, false, 'r:1: expected appendfsync everysec for DURABILITY=everysec, got no'],
    ['replicated', { replicas: 1 }, false, 'r:1: expected 2 replicas for DURABILITY=replicated, got 1: messages are'],
    ['local', { eviction: 'allkeys-lru' }, false, 'r:1: expected maxmemory-policy noeviction'],
  ])('%s is not kept by %j', (durability, keeping, isBroken, text) => {
    const faults = keepingFaults({ ...SOUND, ...keeping }, durability, 2);
    expect(faults).toEqual([{ isBroken, text: expect.stringContaining(text) as string }]);
  });
});
