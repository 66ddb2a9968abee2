import "server-only";
import type { Tx } from "@/lib/db";
import type { ReadScope } from "@/lib/verb";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import type { Outcome } from "./catalogue";
import { compileQuery } from "./compile";
import { cut, groundsOf, spanOf, type Ground } from "./grounds";
import type { Query } from "./language/ast";
import { tooBroad } from "./query";
import { onReader, type LogReader } from "./reader";
import { walk } from "./walk";

const { sql } = Prisma;

/** Up to so many matches are all read, in so much time; beyond, what there is is estimated. */
const MOST_READ = 10_000;
const READ_MS = 100;
/** Of a log no larger than that, everything is read, however busy the machine is. */
const SMALL = 50_000;
const SMALL_MS = 5_000;
/** An estimate reads so many pieces of the log, evenly spread, of so many entries each. */
const SAMPLES = 480;
const SAMPLE = 24;
/** Of so many of the newest it shows whether there is any point in reading all: what they foretell may be ten times too much. */
const PROBE = 2_000;
const FORETOLD = 10 * MOST_READ;
const SAMPLE_MS = 3_000;

/** What is counted of an entry. `weight`: how many matches it stands for. */
export type Counted = {
  weight: number;
  /** ms of Unix time. */
  at: number;
  outcome: Outcome;
  action: string;
  reason: string | null;
  servers: string[];
  agent: string | null;
  person: string | null;
  tool: string | null;
  ip: string | null;
};

/** What matches a query: all of it, or a sample that stands for it (`exact` false: figures are *about*). */
export type Gathered = { exact: boolean; counted: Counted[] };

const COLUMNS = sql`idx, extract(epoch FROM occurred_at)::float8 * 1000 AS at, outcome, action, reason, agent_id AS agent, person_id AS person, tool, ip,
  coalesce(server_ids, CASE WHEN server_id IS NULL THEN '{}' ELSE ARRAY[server_id] END) AS servers`;

type Row = Omit<Counted, "weight"> & { idx: string };

/** What is being gathered: a page asks for its bars and its facets at once, which are of the same entries. */
const underWay = new Map<string, Promise<Gathered>>();

/**
 * Gathers what matches, to be counted: exactly where that are few, however many entries there are; else from an even sample
 * of the whole log, where common things are estimated within a few percent in a time that does not grow with the log.
 */
export async function gather({ db }: Pick<ReadScope, "db">, query: Query, nowMs: number): Promise<Gathered> {
  const where = await compileQuery(db, query, nowMs);
  const key = JSON.stringify([where.text, where.values]);
  const known = underWay.get(key);
  if (known) return known;
  const gathered = onReader((reader) => gatherOn(reader, db, query, where, nowMs)).finally(() => underWay.delete(key));
  underWay.set(key, gathered);
  return gathered;
}

async function gatherOn(reader: LogReader, db: Tx, query: Query, where: Prisma.Sql, nowMs: number): Promise<Gathered> {
  const grounds = await groundsOf(reader, db, query, nowMs);
  const span = spanOf(grounds.grounds);
  const small = span <= SMALL;
  if (!small && (await foretold(reader, where, grounds.grounds)) > FORETOLD)
    return { exact: false, counted: await sample(reader, where, grounds.grounds) };
  const { rows, reached } = await walk<Row>(reader, {
    columns: COLUMNS,
    where,
    grounds,
    beyond: null,
    newer: false,
    limit: MOST_READ + 1,
    budgetMs: small ? SMALL_MS : READ_MS,
  });
  if (rows.length <= MOST_READ && reached === null) return { exact: true, counted: rows.map(weighing(1)) };
  const counted = await sample(reader, where, grounds.grounds);
  // Few and spread so that the sample missed most: what was read is more than it knows.
  return { exact: false, counted: counted.length < rows.length / 4 ? rows.map(weighing(1)) : counted };
}

/** How many matches there are if all is as the newest entries are. */
async function foretold(reader: LogReader, where: Prisma.Sql, grounds: readonly Ground[]): Promise<number> {
  const [probe] = cut(grounds, PROBE, false);
  const counts = probe.map(
    ({ from, low, high }) => sql`SELECT count(*)::int AS count FROM (
      SELECT * FROM ${from} AS entry WHERE idx >= ${low}::bigint AND idx < ${high}::bigint OFFSET 0) AS entry WHERE ${where}`,
  );
  const rows = await reader.all<{ count: number }>(Prisma.join(counts, " UNION ALL "), "along");
  return (rows.reduce((sum, { count }) => sum + count, 0) / PROBE) * spanOf(grounds);
}

/** Matches in pieces of the log that are spread evenly over it. */
async function sample(reader: LogReader, where: Prisma.Sql, grounds: readonly Ground[]): Promise<Counted[]> {
  // Each piece is read along, whatever other index there is for the condition: that would find the same again for each.
  const pieces = samplesOf(grounds).map(
    ({
      from,
      lows,
      size,
      each,
    }) => sql`SELECT ${each}::float8 AS weight, ${COLUMNS} FROM unnest(${lows}::bigint[]) AS piece(begins) CROSS JOIN LATERAL (
      SELECT * FROM ${from} AS entry WHERE idx >= piece.begins AND idx < piece.begins + ${size}::bigint OFFSET 0) AS entry WHERE ${where}`,
  );
  if (pieces.length === 0) return [];
  const rows = await reader.within<Row & { weight: number }>(Prisma.join(pieces, " UNION ALL "), SAMPLE_MS, "along");
  if (rows === null) throw tooBroad();
  return rows.map(({ weight, ...row }) => weighing(weight)(row));
}

const weighing =
  (weight: number) =>
  ({ idx: _idx, ...row }: Row): Counted => ({ ...row, weight });

type Sample = { from: Prisma.Sql; lows: number[]; size: number; each: number };

/** Where to look, evenly over all pieces; `each` is how many entries one that is looked at stands for. */
function samplesOf(grounds: readonly Ground[]): Sample[] {
  const total = spanOf(grounds);
  return grounds.map(({ from, low, high }) => {
    const span = high - low;
    const pieces = Math.max(1, Math.min(Math.round((span / total) * SAMPLES), Math.floor(span / SAMPLE)));
    const size = Math.min(SAMPLE, span);
    const lows = Array.from({ length: pieces }, (_, nth) => low + Math.floor(((nth + 0.5) * span) / pieces - size / 2));
    return { from, lows, size, each: span / (pieces * size) };
  });
}
