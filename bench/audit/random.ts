/** A number in [0, 1). */
export type Random = () => number;

/** A place out of `count` by about Zipf's law with exponent 1: place n comes 1/n as often as the first. */
export function zipf(random: Random, count: number): number {
  return Math.floor(Math.exp(random() * Math.log(count + 1))) - 1;
}

const HOUR_MS = 3_600_000;

/** How busy a moment is beside others: three times as busy at two in the afternoon as at night, a third of it on weekends. */
export function busyness(atMs: number): number {
  const hour = (atMs / HOUR_MS) % 24;
  const day = new Date(atMs).getUTCDay();
  return (2 + Math.cos(((hour - 14) / 12) * Math.PI)) * (day === 0 || day === 6 ? 1 / 3 : 1);
}
