import "server-only";
import type { ReadScope } from "@/lib/verb";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import type { Outcome } from "./catalogue";
import { compileQuery } from "./compile";
import { groundsOf, runsAskedFor, type Ground } from "./grounds";
import type { Query } from "./language/ast";
import { onReader, settingsOf, walk } from "./walk";

const { sql } = Prisma;

/** Up to so many matches are all read, in so much time; beyond, what there is is estimated. */
const MOST_READ = 10_000;
const READ_MS = 100;
/** Of a log no larger than that, everything is read, however busy the machine is. */
const SMALL = 50_000;
const SMALL_MS = 5_000;
/** An estimate reads so many pieces of the log, evenly spread, of so many entries each. */
const SAMPLES = 480;
const SAMPLE = 48;
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

/**
 * Gathers what matches, to be counted: exactly where that are few, however many entries there are; else from an even sample
 * of the whole log, where common things are estimated within a few percent in a time that does not grow with the log.
 */
export async function gather({ db }: Pick<ReadScope, "db">, query: Query, nowMs: number): Promise<Gathered> {
  const where = await compileQuery(db, query, nowMs);
  return onReader(async (client) => {
    const grounds = await groundsOf(client, query, nowMs);
    const { rows, reached } = await walk<Row>(client, {
      columns: COLUMNS,
      where,
      grounds,
      runs: await runsAskedFor(db, query),
      beyond: null,
      newer: false,
      limit: MOST_READ + 1,
      budgetMs: spanOf(grounds.grounds) <= SMALL ? SMALL_MS : READ_MS,
    });
    if (rows.length <= MOST_READ && reached === null) return { exact: true, counted: rows.map(weighing(1)) };
    const samples = samplesOf(grounds.grounds);
    const counted: Counted[] = [];
    await client.query(settingsOf("along", SAMPLE_MS));
    for (const { from, lows, size, each } of samples) {
      const statement = sql`SELECT ${COLUMNS} FROM unnest(${lows}::bigint[]) AS piece(begins) CROSS JOIN LATERAL (
        SELECT * FROM ${from} AS entry WHERE idx >= piece.begins AND idx < piece.begins + ${size}::bigint AND ${where} OFFSET 0) AS entry`;
      const { rows: seen } = await client.query<Row>(statement.text, statement.values);
      counted.push(...seen.map(weighing(each)));
    }
    // Few and spread so that the sample missed most: what was read is more than it knows.
    return counted.length < rows.length / 4
      ? { exact: false, counted: rows.map(weighing(1)) }
      : { exact: false, counted };
  });
}

const weighing =
  (weight: number) =>
  ({ idx: _idx, ...row }: Row): Counted => ({ ...row, weight });

const spanOf = (grounds: readonly Ground[]) => grounds.reduce((sum, { low, high }) => sum + high - low, 0);

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
