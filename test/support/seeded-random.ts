/** A number from 0 up to, not including, 1. */
export type Random = () => number;

const hash = (text: string): number => {
  let value = 2_166_136_261;
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 16_777_619);
  return value >>> 0;
};

/** Numbers that are the same for the same seed (mulberry32). A name gives a sequence of its own. */
export const seededRandom = (seed: number, name = ''): Random => {
  let state = hash(`${seed} ${name}`);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

/** A whole number from 0 up to, not including, `count`. */
export const anyBelow = (random: Random, count: number): number => Math.floor(random() * count);

/** The same things in another order. */
export const shuffled = <T>(random: Random, things: readonly T[]): readonly T[] => {
  const left = [...things];
  const mixed: T[] = [];
  while (left.length > 0) mixed.push(...left.splice(anyBelow(random, left.length), 1));
  return mixed;
};
