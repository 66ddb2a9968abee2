import "server-only";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { defineRead } from "@/lib/verb";
import type { Outcome } from "./catalogue";
import { readFilter } from "./filter";
import { gather } from "./gather";
import { boundsOf } from "./language/bounds";
import { momentOf } from "./moment";
import { runBounded } from "./query";
import type { AuditFilter } from "./schema";
import { READ_AUDIT } from "./search";

/** One bar: `[from, to)`, RFC 3339, and how many entries of each outcome. */
export type HistogramBucket = { from: string; to: string; total: number; outcomes: Partial<Record<Outcome, number>> };
/** Over everything that matches. `widthSeconds` is the same for every bucket. Where `exact` is false, counts are *about* so many. */
export type AuditHistogram = { widthSeconds: number; total: number; exact: boolean; buckets: HistogramBucket[] };

const MAX_BUCKETS = 60;
const TIMEOUT_MS = 4000;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WIDTHS = [
  1, 5, 15, 30, MINUTE, 2 * MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY,
  2 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY, 365 * DAY,
]; // prettier-ignore

/** The smallest round width with which the range has at most 60 buckets that start at round times. Exported for its test. */
export function bucketsOf(fromSeconds: number, toSeconds: number): { start: number; width: number; count: number } {
  for (const width of [...WIDTHS, Math.ceil((toSeconds - fromSeconds) / (MAX_BUCKETS - 1))]) {
    const start = Math.floor(fromSeconds / width) * width;
    const count = Math.max(1, Math.ceil((toSeconds - start) / width));
    if (count <= MAX_BUCKETS) return { start, width, count };
  }
  return { start: fromSeconds, width: Math.max(1, toSeconds - fromSeconds), count: 1 };
}

/** How many entries of each outcome match, over time, in at most 60 buckets without gaps. Errors as `searchAudit`. */
export const histogramAudit = defineRead(READ_AUDIT, async (scope, filter: AuditFilter): Promise<AuditHistogram> => {
  const query = readFilter(filter);
  const nowMs = await momentOf(scope.ctx, filter);
  const { exact, counted } = await gather(scope, query, nowMs);
  const { occurred } = boundsOf(query, nowMs);
  const from = occurred.from === undefined ? await oldest() : new Date(occurred.from / 1000);
  // Nothing stands in the future, whatever the query names as its end.
  const to = new Date(Math.min(occurred.to === undefined ? Infinity : occurred.to / 1000, nowMs + 1));
  const { start, width, count } = bucketsOf(from.getTime() / 1000, Math.max(to.getTime(), from.getTime() + 1) / 1000);
  const at = (nth: number) => new Date((start + nth * width) * 1000).toISOString();
  const buckets = Array.from({ length: count }, (_, nth): HistogramBucket => ({
    from: at(nth),
    to: at(nth + 1),
    total: 0,
    outcomes: {},
  }));
  for (const { at: atMs, outcome, weight } of counted) {
    const bucket = buckets[Math.max(0, Math.min(Math.floor((atMs / 1000 - start) / width), count - 1))];
    if (bucket) bucket.outcomes[outcome] = (bucket.outcomes[outcome] ?? 0) + weight;
  }
  for (const bucket of buckets) round(bucket);
  return { widthSeconds: width, total: buckets.reduce((sum, { total }) => sum + total, 0), exact, buckets };
});

/** Whole numbers, of which the total is the sum. */
function round(bucket: HistogramBucket): void {
  for (const [outcome, about] of Object.entries(bucket.outcomes))
    bucket.outcomes[outcome as Outcome] = Math.round(about);
  bucket.total = Object.values(bucket.outcomes).reduce((sum, count) => sum + count, 0);
}

/** When the oldest entry that is here happened: of the first block, or of the first entries where there is none. */
async function oldest(): Promise<Date> {
  const [row] = await runBounded<{ oldest: Date | null }>(
    Prisma.sql`SELECT coalesce((SELECT min_at FROM audit_block ORDER BY first_idx LIMIT 1),
                               (SELECT min(occurred_at) FROM audit_entry)) AS oldest`,
    TIMEOUT_MS,
  );
  return row?.oldest ?? new Date(Date.now() - DAY * 1000);
}
