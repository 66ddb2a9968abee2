import "server-only";
import type { Tx } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { conjuncts, type Query } from "./language/ast";
import { boundsOf } from "./language/bounds";
import { asJson } from "./like";
import { personalMatches, waysOf } from "./personal/match";
import type { LogReader } from "./reader";
import { BLOCK } from "./storage/blocks";
import { gramsOf } from "./storage/grams";
import { partitionOf, PARTITIONS, quoted, type PartitionRow } from "./storage/partitions";

const { sql } = Prisma;

/** A piece of the log: the entries `low` ≤ index < `high`, and what to read them from. */
export type Ground = { from: Prisma.Sql; low: number; high: number };

/** Grams that must all stand in a block, or those of another way to write the same: of one of the ways all must stand. */
export type Needle = readonly (readonly number[])[];

/** Where a query can have matches, newest first: pieces of partitions, and what of them has no blocks yet. */
export type Grounds = {
  grounds: Ground[];
  /** The first index that no block was noted for yet. */
  notedTo: number;
  /** What must stand in the block of every match. */
  needles: readonly Needle[];
};

type Limits = {
  next: string;
  noted: string | null;
  below: string | null;
  above: string | null;
  partitions: PartitionRow[];
};

/**
 * Where matches can be. Blocks say when their entries happened, whatever the order of clocks was, so that a search of a day reads
 * that day; what is too new to have one is always read.
 */
export async function groundsOf(reader: LogReader, db: Tx, query: Query, nowMs: number): Promise<Grounds> {
  const { occurred, index } = boundsOf(query, nowMs);
  const moment = (micros: number | undefined) => (micros === undefined ? null : new Date(Math.ceil(micros / 1000)));
  const [to, from] = [
    moment(occurred.to),
    occurred.from === undefined ? null : new Date(Math.floor(occurred.from / 1000)),
  ];
  const [limits] = await reader.all<Limits>(
    sql`SELECT (SELECT next FROM audit_head WHERE id = 1) AS next, (SELECT max(first_idx) FROM audit_block) AS noted,
       CASE WHEN ${to}::timestamptz IS NOT NULL THEN
         coalesce((SELECT first_idx FROM audit_block WHERE min_at < ${to}::timestamptz ORDER BY first_idx DESC LIMIT 1), -${BLOCK}::int) END AS below,
       CASE WHEN ${from}::timestamptz IS NOT NULL THEN
         (SELECT first_idx FROM audit_block WHERE max_at >= ${from}::timestamptz ORDER BY first_idx LIMIT 1) END AS above,
       (SELECT coalesce(json_agg(partition), '[]') FROM (${Prisma.raw(PARTITIONS)}) AS partition) AS partitions`,
  );
  if (!limits) throw new Error("the audit log has no head");
  const next = Math.min(Number(limits.next), index.to ?? Infinity);
  const notedTo = limits.noted === null ? 0 : Number(limits.noted) + BLOCK;
  const oldest = index.from ?? 0;
  const past = {
    low: Math.max(oldest, limits.above !== null ? Number(limits.above) : occurred.from === undefined ? 0 : notedTo),
    high: Math.min(next, notedTo, limits.below === null ? Infinity : Number(limits.below) + BLOCK),
  };
  const spans = [{ low: Math.max(oldest, notedTo), high: next }, past].filter(({ low, high }) => low < high);
  const tables = tablesOf(limits.partitions, Number(limits.next));
  const grounds = spans.flatMap((span) => tables.flatMap((table) => overlap(table, span)));
  return { grounds, notedTo, needles: await needlesOf(db, query) };
}

function overlap(table: Ground, span: { low: number; high: number }): Ground[] {
  const [low, high] = [Math.max(table.low, span.low), Math.min(table.high, span.high)];
  return low < high ? [{ from: table.from, low, high }] : [];
}

/** What holds the log, newest first: what is not closed yet (by the moment, so that no closed partition is asked), and the closed ones. */
function tablesOf(partitions: readonly PartitionRow[], next: number): Ground[] {
  const closed = partitions
    .map(partitionOf)
    .filter(({ state }) => state !== "hot")
    .reverse();
  const open =
    closed[0] === undefined
      ? sql`audit_entry`
      : sql`(SELECT * FROM audit_entry WHERE recorded_at >= ${closed[0].toAt})`;
  const written = closed.find(({ lastIdx }) => lastIdx !== null);
  const tables: Ground[] = [{ from: open, low: (written?.lastIdx ?? -1) + 1, high: next }];
  for (const { name, state, firstIdx, lastIdx } of closed)
    if (state === "closed" && firstIdx !== null && lastIdx !== null)
      tables.push({ from: Prisma.raw(quoted(name)), low: firstIdx, high: lastIdx + 1 });
  return tables;
}

/**
 * What every text that the query asks for without *or* and *not* needs: the text itself, or a commitment to what has it. Nothing of what
 * is too short to narrow anything.
 */
async function needlesOf(db: Tx, query: Query): Promise<Needle[]> {
  const texts = conjuncts(query).flatMap((item) => (item.type === "text" ? [item] : []));
  const ways = await Promise.all(
    texts.map(async (item) => waysOf(gramsOf(asJson(item.text)), await personalMatches(db, item))),
  );
  return ways.flatMap((one) => (one === null ? [] : [one]));
}

/** How many entries the pieces hold. */
export const spanOf = (grounds: readonly Ground[]): number =>
  grounds.reduce((sum, { low, high }) => sum + high - low, 0);

/** What of the pieces lies beyond a place: above it (`newer`) or below it. */
export function beyond(
  grounds: readonly Ground[],
  { beyond: position, newer }: { beyond: number | null; newer: boolean },
): Ground[] {
  if (position === null) return [...grounds];
  const span = newer ? { low: position + 1, high: Infinity } : { low: 0, high: position };
  return grounds.flatMap((ground) => overlap(ground, span));
}

/** Parts the pieces after so many entries, from their newest on, or from their oldest on (`newer`). */
export function cut(grounds: readonly Ground[], entries: number, newer: boolean): [first: Ground[], rest: Ground[]] {
  const first: Ground[] = [];
  let left = entries;
  for (const [nth, ground] of grounds.entries()) {
    const { from, low, high } = ground;
    if (high - low > left) {
      const at = newer ? low + left : high - left;
      const [taken, kept] = newer
        ? [
            { from, low, high: at },
            { from, low: at, high },
          ]
        : [
            { from, low: at, high },
            { from, low, high: at },
          ];
      return [left > 0 ? [...first, taken] : first, [kept, ...grounds.slice(nth + 1)]];
    }
    first.push(ground);
    left -= high - low;
  }
  return [first, []];
}
