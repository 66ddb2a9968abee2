const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
/** A Monday: weeks are counted from there. */
const MONDAY_MS = Date.UTC(1970, 0, 5);

/** Entries that a partition should hold at most: so many are indexed in a minute or two, and dropped at once by retention. */
const WEEK_HOLDS = 1_000_000;
const DAY_HOLDS = 4_000_000;

/** How much time a partition spans, ms: an hour, a day or a week. */
export type WidthMs = typeof HOUR_MS | typeof DAY_MS | typeof WEEK_MS;

/** The width of the partitions to come, at so many entries a second: few and not too large. */
export function widthFor(entriesPerSecond: number): WidthMs {
  if ((entriesPerSecond * WEEK_MS) / 1000 <= WEEK_HOLDS) return WEEK_MS;
  return (entriesPerSecond * DAY_MS) / 1000 <= DAY_HOLDS ? DAY_MS : HOUR_MS;
}

/** The next round moment after `afterMs`: a full hour, midnight, or midnight to a Monday (UTC). */
export function boundaryAfter(afterMs: number, width: WidthMs): number {
  return MONDAY_MS + (Math.floor((afterMs - MONDAY_MS) / width) + 1) * width;
}

/** Made ahead at least: as long as that without a keeper, and the log needs no makeshift. */
const AHEAD_MS = 26 * HOUR_MS;
const AHEAD_COUNT = 2;

/** `[fromMs, toMs)` of a partition. */
export type Span = { fromMs: number; toMs: number };

/**
 * The partitions that are missing: from the end of the last one, so that there is never a hole, over the present, to a day and
 * two whole partitions ahead.
 * @param endMs where the last partition ends
 */
export function missingSpans(nowMs: number, endMs: number, width: WidthMs): Span[] {
  const spans: Span[] = [];
  let fromMs = endMs;
  const enough = () => fromMs >= nowMs + AHEAD_MS && fromMs >= boundaryAfter(nowMs, width) + AHEAD_COUNT * width;
  while (!enough()) {
    const toMs = boundaryAfter(Math.max(fromMs, nowMs), width);
    spans.push({ fromMs, toMs });
    fromMs = toMs;
  }
  return spans;
}

/** The name of a partition by its beginning: `audit_entry_20261122t06`, to the millisecond where it begins at no full hour. */
export function partitionName(fromMs: number): string {
  const stamp = new Date(fromMs)
    .toISOString()
    .toLowerCase()
    .replace(/[^\dt]/g, "");
  return `audit_entry_${fromMs % HOUR_MS === 0 ? stamp.slice(0, "yyyymmddthh".length) : stamp}`;
}
