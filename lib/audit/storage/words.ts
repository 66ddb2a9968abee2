/** Shorter runs stand nearly everywhere: they narrow nothing. */
const SHORTEST = 3;

const [ZERO, NINE, A, Z, UPPER_A, UPPER_Z, LAST_ASCII] = [0x30, 0x39, 0x61, 0x7a, 0x41, 0x5a, 0x7f];
const [NEITHER, LETTER, DIGIT] = [0, 1, 2];

function kindOf(code: number): number {
  if (code >= ZERO && code <= NINE) return DIGIT;
  return (code >= A && code <= Z) || (code >= UPPER_A && code <= UPPER_Z) || code > LAST_ASCII ? LETTER : NEITHER;
}

/**
 * Adds the runs of letters and the runs of digits of a text, in lower case. Random ids fall into short runs, most of which
 * stand in every block, so that they need little room; and still every text of the log is in the runs of its block.
 */
export function addRuns(runs: Set<string>, text: string): void {
  const lower = text.toLowerCase();
  let start = 0;
  let kind = NEITHER;
  for (let at = 0; at <= lower.length; at++) {
    const next = at < lower.length ? kindOf(lower.charCodeAt(at)) : NEITHER;
    if (next === kind) continue;
    if (kind !== NEITHER && at - start >= SHORTEST) runs.add(lower.slice(start, at));
    start = at;
    kind = next;
  }
}

/** What must stand, each in one of a block's runs, for an entry of the block to have the text (as JSON writes it) in its body. */
export function runsOf(text: string): string[] {
  const runs = new Set<string>();
  addRuns(runs, text);
  return [...runs];
}
