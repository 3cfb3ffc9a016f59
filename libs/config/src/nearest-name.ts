/** How many letters must be changed, added or taken away to make one word of another. */
const editDistance = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let index = 0; index < from.length; index += 1) {
    const next = [index + 1];
    for (let column = 1; column <= to.length; column += 1) {
      const changed = (row[column - 1] ?? 0) + (to[column - 1] === from[index] ? 0 : 1);
      next.push(Math.min(changed, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
};

/** The known name that a mistaken one most likely means; the first of several. */
export const nearestName = (mistaken: string, known: readonly string[]): string | undefined => {
  const distances = known.map((name) => editDistance(mistaken.slice(0, 64), name));
  return known[distances.indexOf(Math.min(...distances))];
};
