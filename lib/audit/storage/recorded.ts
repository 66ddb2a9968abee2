/** How much earlier than its id was made an entry can seem to be recorded (by another clock), and how much later, ms. */
const EARLIER_MS = 600_000;
const LATER_MS = 3_600_000;

/** When an entry's id (UUIDv7, RFC 9562 §5.7) was made, ms of Unix time. */
const madeAtMs = (id: string) => Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16);

/** Between which moments entries of these ids were recorded: so that they are looked for in a partition or two, not in all. */
export function recordedAbout(ids: readonly string[]): [from: Date, to: Date] {
  const made = ids.map(madeAtMs);
  return [new Date(Math.min(...made) - EARLIER_MS), new Date(Math.max(...made) + LATER_MS)];
}
