/** How long a sink rests after `failures` tries that failed in a row, ms: 1 s, doubled each time up to 5 minutes, half of it by chance. */
export function backoffMs(failures: number, random: () => number = Math.random): number {
  const full = Math.min(FIRST_MS * 2 ** Math.max(0, failures - 1), MOST_MS);
  return Math.round(full / 2 + (full / 2) * random());
}

const FIRST_MS = 1000;
const MOST_MS = 300_000;
