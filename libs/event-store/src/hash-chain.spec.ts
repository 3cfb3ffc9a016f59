import fc from 'fast-check';
import type { StoredEntry } from './event-store.js';
import { CHAIN_START, chainHash, verifyChain } from './hash-chain.js';

/** A stream of texts as a writer stores it. */
const chainOf = (texts: readonly (readonly [line: string, body: string])[]): readonly StoredEntry[] => {
  const entries: StoredEntry[] = [];
  for (const [index, [line, body]] of texts.entries()) {
    const id = { position: index + 1, n: 0 };
    const hash = chainHash(entries.at(-1)?.hash ?? CHAIN_START, id, line, body);
    entries.push({ ...id, line, body, hash, replyFrom: null });
  }
  return entries;
};

const anyText = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\n'));
const anyChain = fc.array(fc.tuple(anyText, anyText), { minLength: 1, maxLength: 20 }).map(chainOf);
/** A chain and the index of one of its entries. */
const anyPlace = anyChain.chain((entries) => fc.tuple(fc.constant(entries), fc.nat(entries.length - 1)));

const SAMPLE = chainOf([
  ['', '{"v":1}'],
  ['["a"]', '{"v":1}'],
  ['["b"]', '{"v":1}'],
]);

describe('the hash of an entry', () => {
  it('is 16 bytes in base64url', () => {
    expect(Buffer.from(chainHash(CHAIN_START, { position: 1, n: 0 }, 'l', 'b'), 'base64url')).toHaveLength(16);
  });

  it('depends on everything that is stored, and on where one part ends and the next begins', () => {
    const hashes = [
      chainHash('', { position: 1, n: 2 }, 'l', 'b'),
      chainHash('x', { position: 1, n: 2 }, 'l', 'b'),
      chainHash('', { position: 12, n: 2 }, 'l', 'b'),
      chainHash('', { position: 1, n: 22 }, 'l', 'b'),
      chainHash('', { position: 1, n: 2 }, 'lb', ''),
      chainHash('', { position: 1, n: 2 }, '', 'lb'),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});

describe('verifyChain', () => {
  it('finds nothing in what was stored so', () => {
    fc.assert(
      fc.property(anyChain, (entries) => {
        expect(verifyChain(entries)).toBeUndefined();
      }),
    );
    expect(verifyChain([])).toBeUndefined();
  });

  it('takes up anywhere, with the hash of the entry before', () => {
    fc.assert(
      fc.property(anyPlace, ([entries, at]) => {
        expect(verifyChain(entries.slice(at + 1), entries[at]?.hash)).toBeUndefined();
      }),
    );
  });

  it('finds a flipped bit at its place, in any text', () => {
    const flip = (text: string, at: number, bit: number): string => {
      const bytes = Buffer.from(text, 'latin1');
      const index = at % bytes.length;
      bytes[index] = (bytes[index] ?? 0) ^ (1 << bit);
      return bytes.toString('latin1');
    };
    const anyField = fc.constantFrom('line' as const, 'body' as const, 'hash' as const);
    fc.assert(
      fc.property(anyPlace, anyField, fc.nat(), fc.nat(7), ([entries, at], field, where, bit) => {
        const broken = entries.map((entry, index) =>
          index === at && entry[field] !== '' ? { ...entry, [field]: flip(entry[field], where, bit) } : entry,
        );
        fc.pre(entries[at]?.[field] !== '');
        expect(verifyChain(broken)).toEqual({ position: at + 1, n: 0 });
      }),
    );
  });

  it('finds an entry that is missing, swapped or made up at the first place that does not follow', () => {
    const [first, second, third] = SAMPLE;
    if (first === undefined || second === undefined || third === undefined) throw new Error('expected three entries');
    expect(verifyChain([first, third])).toEqual({ position: 3, n: 0 });
    expect(verifyChain([second, third])).toEqual({ position: 2, n: 0 });
    expect(verifyChain([first, third, second])).toEqual({ position: 3, n: 0 });
    expect(verifyChain([...SAMPLE, { ...third, position: 4 }])).toEqual({ position: 4, n: 0 });
  });
});
