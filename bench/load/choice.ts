/** Which token the next call presents: few are used often and most rarely, or each one once after another. */
export type Choice = "zipf" | "sequential";

/** How long the sequence of a Zipf choice is before it repeats. */
const SEQUENCE = 1 << 16;

/** Numbers in [0, 1), the same ones for the same seed (mulberry32): every target sees the same calls. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `length` indices below `count`, the k-th most used one with a weight of 1 / k (Zipf's law with exponent 1). */
export function zipfSequence(count: number, length: number, random: () => number): Uint32Array {
  const cumulated = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank++) cumulated[rank] = sum += 1 / (rank + 1);
  return Uint32Array.from({ length }, () => firstAbove(cumulated, random() * sum));
}

function firstAbove(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** A function that names the next of `count` tokens. */
export function chooser(choice: Choice, count: number, seed: number): () => number {
  let nth = 0;
  if (choice === "sequential") return () => nth++ % count;
  const sequence = zipfSequence(count, SEQUENCE, seeded(seed));
  return () => sequence[nth++ % SEQUENCE] ?? 0;
}
