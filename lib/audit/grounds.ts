import "server-only";
import type pg from "pg";
import type { Tx } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { conjuncts, type Query } from "./language/ast";
import { boundsOf } from "./language/bounds";
import { asJson } from "./like";
import { personalMatches, waysOf } from "./personal/match";
import { BLOCK } from "./storage/blocks";
import { quoted, readPartitions } from "./storage/partitions";
import { runsOf } from "./storage/words";

const { sql } = Prisma;

/** A piece of the log: the entries `low` ≤ index < `high`, and what to read them from. */
export type Ground = { from: Prisma.Sql; low: number; high: number };

/** Where a query can have matches, newest first: pieces of partitions, and what of them has no blocks yet. */
export type Grounds = {
  grounds: Ground[];
  /** The first index that no block was noted for yet. */
  notedTo: number;
};

type Limits = { next: string; noted: string | null; below: string | null; above: string | null };

/**
 * Where matches can be. Blocks say when their entries happened, whatever the order of clocks was, so that a search of a day reads
 * that day; what is too new to have one is always read.
 */
export async function groundsOf(client: pg.ClientBase, query: Query, nowMs: number): Promise<Grounds> {
  const { occurred, index } = boundsOf(query, nowMs);
  const moment = (micros: number | undefined) => (micros === undefined ? null : new Date(Math.ceil(micros / 1000)));
  const { rows } = await client.query<Limits>(
    `SELECT (SELECT next FROM audit_head WHERE id = 1) AS next, (SELECT max(first_idx) FROM audit_block) AS noted,
       CASE WHEN $1::timestamptz IS NOT NULL THEN
         coalesce((SELECT first_idx FROM audit_block WHERE min_at < $1 ORDER BY first_idx DESC LIMIT 1), -${BLOCK}) END AS below,
       CASE WHEN $2::timestamptz IS NOT NULL THEN
         (SELECT first_idx FROM audit_block WHERE max_at >= $2 ORDER BY first_idx LIMIT 1) END AS above`,
    [moment(occurred.to), occurred.from === undefined ? null : new Date(Math.floor(occurred.from / 1000))],
  );
  const limits = rows[0] ?? { next: "0", noted: null, below: null, above: null };
  const next = Math.min(Number(limits.next), index.to ?? Infinity);
  const notedTo = limits.noted === null ? 0 : Number(limits.noted) + BLOCK;
  const oldest = index.from ?? 0;
  const past = {
    low: Math.max(oldest, limits.above !== null ? Number(limits.above) : occurred.from === undefined ? 0 : notedTo),
    high: Math.min(next, notedTo, limits.below === null ? Infinity : Number(limits.below) + BLOCK),
  };
  const spans = [{ low: Math.max(oldest, notedTo), high: next }, past].filter(({ low, high }) => low < high);
  const tables = await tablesOf(client, Number(limits.next));
  return { grounds: spans.flatMap((span) => tables.flatMap((table) => overlap(table, span))), notedTo };
}

function overlap(table: Ground, span: { low: number; high: number }): Ground[] {
  const [low, high] = [Math.max(table.low, span.low), Math.min(table.high, span.high)];
  return low < high ? [{ from: table.from, low, high }] : [];
}

/** What holds the log, newest first: what is not closed yet (by the moment, so that no closed partition is asked), and the closed ones. */
async function tablesOf(client: pg.ClientBase, next: number): Promise<Ground[]> {
  const closed = (await readPartitions(client)).filter(({ state }) => state !== "hot").reverse();
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
 * What must stand in a block's words for an entry of it to match: for every text that the query asks for without *or* and *not*, the
 * text itself, or a commitment to what has it.
 */
export async function runsAskedFor(db: Tx, query: Query): Promise<string[][][]> {
  const each = conjuncts(query).flatMap((item) => (item.type === "text" ? [item] : []));
  const ways = await Promise.all(
    each.map(async (item) => waysOf(runsOf(asJson(item.text)), await personalMatches(db, item))),
  );
  return ways.flatMap((one) => (one === null ? [] : [one]));
}
