/** A small deterministic generator (mulberry32), so that the demo looks the same each time it is made. */
export function makeRandom(seed: number) {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return {
    /** In [0, 1). */
    next,
    /** A whole number in [low, high]. */
    int: (low: number, high: number): number => low + Math.floor(next() * (high - low + 1)),
    /** One of the list. */
    pick: <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T,
    /** True with the given chance. */
    chance: (probability: number): boolean => next() < probability,
  };
}

export type Random = ReturnType<typeof makeRandom>;
