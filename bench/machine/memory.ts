/** More than any processor's cache of the second level holds. */
const WALKED_MIB = 16;
const HOPS = 500_000;

/**
 * How long one read of memory takes that no cache can foresee, ns (median of three walks, each through places in random
 * order). A server's work is such reads for the most part: where this figure is far from another run's, theirs do not compare.
 */
export function memoryReadNs(): number {
  const next = oneRandomCycle((WALKED_MIB * 2 ** 20) / Int32Array.BYTES_PER_ELEMENT);
  const walks = [0, 1, 2].map(() => {
    const began = performance.now();
    let at = 0;
    for (let hop = 0; hop < HOPS; hop++) at = next[at] ?? 0;
    // `at` is asked for, so that no compiler leaves the walk out.
    return at < 0 ? 0 : ((performance.now() - began) * 1e6) / HOPS;
  });
  return Math.round(walks.sort((a, b) => a - b)[1] ?? 0);
}

/** Each place holds the number of the next, and following them visits all (Sattolo's shuffle). */
function oneRandomCycle(places: number): Int32Array {
  const next = Int32Array.from({ length: places }, (_, index) => index);
  for (let last = places - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * last);
    const held = next[last] ?? 0;
    next[last] = next[other] ?? 0;
    next[other] = held;
  }
  return next;
}
