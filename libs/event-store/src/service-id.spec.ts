import fc from 'fast-check';
import {
  isServiceId,
  newAdvancedServiceId,
  newBasicServiceId,
  newClientId,
  partitionOfClient,
  partitionOfService,
  partitionOfUser,
  randomBase36,
  userKeyOf,
} from './service-id.js';

/** Numbers of partitions that the settings allow, those that divide no power of two among them. */
const COUNTS = [1, 2, 3, 7, 16, 36, 48, 63, 64];

const many = (make: () => string, count = 4_000): readonly string[] => Array.from({ length: count }, make);

/** The characters that stand at one place of the texts. */
const charactersAt = (texts: readonly string[], place: number): number =>
  new Set(texts.map((text) => text.charAt(place))).size;

describe('the id of a basic service', () => {
  it('has the layout of a UUID', () => {
    expect(newBasicServiceId(5, 64)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('is random wherever the layout leaves room: 116 bits and more at 64 partitions', () => {
    const ids = many(() => newBasicServiceId(5, 64));
    const bits = Array.from({ length: 34 }, (_, place) => Math.log2(charactersAt(ids, place)));
    const tails = new Set(ids.map((id) => id.slice(34)));
    expect(bits.reduce((sum, each) => sum + each, 0) + Math.log2(tails.size)).toBeGreaterThanOrEqual(116);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has every tail that belongs to its partition, each about as often', () => {
    const tails = new Map<string, number>();
    for (const id of many(() => newBasicServiceId(5, 64))) {
      const tail = id.slice(34);
      tails.set(tail, (tails.get(tail) ?? 0) + 1);
    }
    expect([...tails.keys()].sort()).toEqual(['05', '45', '85', 'c5']);
    // 1,000 each are expected; ten standard deviations are 274.
    for (const count of tails.values()) expect(Math.abs(count - 1_000)).toBeLessThan(274);
  });
});

describe('the id of an advanced service', () => {
  it('has 32 upper-case letters and digits', () => {
    expect(newAdvancedServiceId(5, 64)).toMatch(/^[0-9A-Z]{32}$/);
  });

  it('is random wherever the partition leaves room', () => {
    const ids = many(() => newAdvancedServiceId(5, 64));
    for (let place = 0; place < 30; place += 1) expect(charactersAt(ids, place)).toBe(36);
    // 1,296 tails, of which 20 belong to each partition.
    expect(new Set(ids.map((id) => id.slice(30))).size).toBe(20);
  });
});

describe('the partition of a service', () => {
  it.each(COUNTS)('is the one that its id was made for, of %d', (partitions) => {
    fc.assert(
      fc.property(fc.nat(partitions - 1), (partition) => {
        expect(partitionOfService(newBasicServiceId(partition, partitions), partitions)).toBe(partition);
        expect(partitionOfService(newAdvancedServiceId(partition, partitions), partitions)).toBe(partition);
      }),
    );
  });
});

describe('isServiceId', () => {
  it('knows both forms', () => {
    expect(isServiceId(newBasicServiceId(0, 64))).toBe(true);
    expect(isServiceId(newAdvancedServiceId(63, 64))).toBe(true);
  });

  it.each([
    '',
    '*',
    'feed',
    '..%2f',
    newBasicServiceId(0, 64).toUpperCase(),
    newAdvancedServiceId(0, 64).toLowerCase(),
    `${newBasicServiceId(0, 64)}\n`,
    ` ${newAdvancedServiceId(0, 64)}`,
    newBasicServiceId(0, 64).slice(1),
    `${newAdvancedServiceId(0, 64)}0`,
    `${newBasicServiceId(0, 64)}}:feed`,
    '0'.repeat(5_000),
  ])('refuses everything else: %j', (text) => {
    expect(isServiceId(text)).toBe(false);
  });
});

describe('the id of a Bayeux client', () => {
  it.each(COUNTS)('tells its partition, of %d', (partitions) => {
    fc.assert(
      fc.property(fc.nat(partitions - 1), (partition) => {
        const id = newClientId(partition, partitions);
        expect(id).toMatch(/^[0-9a-z]{28}$/);
        expect(partitionOfClient(id, partitions)).toBe(partition);
      }),
    );
  });

  it('tells none when it is not one of ours', () => {
    for (const text of ['', 'x', newClientId(0, 4).toUpperCase(), `${newClientId(0, 4)}\n`, '*'.repeat(28)]) {
      expect(partitionOfClient(text, 4)).toBeUndefined();
    }
  });
});

describe('a user', () => {
  it('lives in one partition of those there are, always the same, and users spread over all', () => {
    const partitions = Array.from({ length: 2_000 }, (_, index) => partitionOfUser(`user-${index}`, 64));
    expect(partitions).toEqual(Array.from({ length: 2_000 }, (_, index) => partitionOfUser(`user-${index}`, 64)));
    expect(new Set(partitions).size).toBe(64);
    expect(Math.max(...partitions)).toBe(63);
  });

  it('has a key of one length that cannot break out of a key name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (user) => {
        expect(userKeyOf(user)).toMatch(/^[\w-]{22}$/);
      }),
    );
  });
});

describe('randomBase36', () => {
  it('has the length asked for, and each character about as often', () => {
    expect(randomBase36(1)).toHaveLength(1);
    const text = randomBase36(36_000);
    const counts = new Map<string, number>();
    for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
    expect([...counts.keys()].sort().join('')).toBe('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ');
    // 1,000 each are expected; eight standard deviations are 250.
    for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(250);
  });
});
