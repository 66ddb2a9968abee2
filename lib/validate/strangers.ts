import "server-only";
import { FairTurns } from "@/lib/limit/fair-turns";

/** Calls of strangers at once, where few known ones are answered beside them. */
const BESIDE_FEW = 2;
/** The same where nobody else is there to be kept waiting, as after a start. */
const ALONE = 64;
/** For so long after a known call the next one is expected, ms. */
const EXPECTED_MS = 100;

let knownUnderWay = 0;
let knownAtMs = -Infinity;

/** Does the work of a call whose key and token this process knows: at once. */
export async function asKnown<T>(work: () => Promise<T>): Promise<T> {
  knownAtMs = performance.now();
  knownUnderWay++;
  try {
    return await work();
  } finally {
    knownUnderWay--;
  }
}

/** As many as of known ones: then neither of them has more than half of each commit. */
function strangersAtOnce(): number {
  const expected = performance.now() - knownAtMs < EXPECTED_MS;
  return expected ? Math.max(BESIDE_FEW, knownUnderWay) : ALONE;
}

/**
 * Turns for calls with a token or a key that this process does not know: anybody can invent such in any number, and each
 * takes a look-up, an entry and its share of a commit. They wait for each other, so that whoever is known need not wait for
 * them; by asking server, and those without a good key together (`KEYLESS`).
 */
export const strangers = new FairTurns({
  atOnce: strangersAtOnce,
  waiting: 2_000,
  maxWaitMs: 900,
});

/** The party of those that showed no good key. */
export const KEYLESS = "";
