import "server-only";
import type pg from "pg";
import { pool } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { allOf, anyOf } from "./conditions";
import type { Ground, Grounds } from "./grounds";
import { literally } from "./like";
import { BLOCK } from "./storage/blocks";

const { sql } = Prisma;
const QUERY_CANCELED = "57014";

/** Entries of the first window; each further one is four times as large, up to the largest. */
const FIRST_WINDOW = 2_000;
const GROWTH = 4;
const LARGEST_WINDOW = 1_000_000;
/** Blocks that are looked into at once. */
const FIRST_BLOCKS = 16;
const MOST_BLOCKS = 256;
/** How long one statement may take before another way is tried, ms. A small window is never cut short: there is always progress. */
const TRY_MS = 60;

/** What a walk through the log is asked. */
export type Walk = {
  columns: Prisma.Sql;
  where: Prisma.Sql;
  grounds: Grounds;
  /** Pieces that must stand in a block's words: of each, all of one of its ways. */
  runs: readonly (readonly (readonly string[])[])[];
  /** Only entries below (walking back), or above (walking on); null for all. */
  beyond: number | null;
  newer: boolean;
  limit: number;
  budgetMs: number;
};

/** What it found, in its own order, and where it stopped for want of time: all before that was read. Null where it read all. */
export type Walked<Row> = { rows: Row[]; reached: number | null };

type Position = { idx: string };
type Window = { ground: Ground; low: number; high: number };

/** A connection whose statements are given up after a while, without what a failed transaction costs. */
export async function onReader<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool().connect();
  try {
    await client.query("SET default_transaction_read_only = on; SET max_parallel_workers_per_gather = 0");
    const result = await work(client);
    await client.query(
      "RESET default_transaction_read_only; RESET max_parallel_workers_per_gather; RESET statement_timeout; RESET enable_indexscan; RESET enable_bitmapscan",
    );
    client.release();
    return result;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

/** How a statement may find its entries: as the planner likes, by gathering all that match, or along the index from where it is told. */
type Way = "any" | "gather" | "along";

export const settingsOf = (way: Way, ms: number): string =>
  `SET statement_timeout = ${ms}; SET enable_indexscan = ${way === "gather" ? "off" : "on"}; SET enable_bitmapscan = ${way === "along" ? "off" : "on"}`;

/** Runs a statement; null where it took longer than `ms` (0: as long as it takes). */
async function within<Row extends pg.QueryResultRow>(
  client: pg.ClientBase,
  query: Prisma.Sql,
  ms: number,
  way: Way = "any",
): Promise<Row[] | null> {
  await client.query(settingsOf(way, ms));
  try {
    return (await client.query<Row>(query.text, query.values)).rows;
  } catch (error) {
    if ((error as { code?: unknown }).code === QUERY_CANCELED && ms > 0) return null;
    throw error;
  }
}

/**
 * Walks through the log from one end until it has as many entries as asked or the time is up, piece by piece: small pieces first,
 * where what is common is found at once, then ever larger ones, in which indexes find what is rare. Texts are looked for
 * in the blocks that can have them.
 */
export async function walk<Row extends Position>(client: pg.ClientBase, asked: Walk): Promise<Walked<Row>> {
  const began = performance.now();
  const isLate = () => performance.now() - began > asked.budgetMs;
  const grounds = asked.newer ? asked.grounds.grounds.toReversed() : asked.grounds.grounds;
  const rows: Row[] = [];
  const stride = new Stride();
  for (const ground of grounds) {
    let rest = beyond(ground, asked);
    while (rest.low < rest.high) {
      if (isLate() && stride.moved) return { rows, reached: asked.newer ? rest.low - 1 : rest.high };
      const step = await take<Row>(client, asked, { ground, ...rest }, stride, asked.limit - rows.length);
      rows.push(...step.rows);
      if (rows.length >= asked.limit) return { rows: rows.slice(0, asked.limit), reached: null };
      rest = asked.newer ? { low: step.to, high: rest.high } : { low: rest.low, high: step.to };
    }
  }
  return { rows, reached: null };
}

/** How large the pieces are at present. */
class Stride {
  entries = FIRST_WINDOW;
  blocks = FIRST_BLOCKS;
  moved = false;

  grow(): void {
    this.entries = Math.min(this.entries * GROWTH, LARGEST_WINDOW);
    this.blocks = Math.min(this.blocks * 2, MOST_BLOCKS);
    this.moved = true;
  }

  shrink(): void {
    this.entries = Math.max(FIRST_WINDOW, Math.floor(this.entries / (GROWTH * GROWTH)));
  }
}

function beyond({ low, high }: Ground, { beyond: position, newer }: Walk): { low: number; high: number } {
  if (position === null) return { low, high };
  return newer ? { low: Math.max(low, position + 1), high } : { low, high: Math.min(high, position) };
}

type Step<Row> = { rows: Row[]; to: number };

/** Reads the next piece; `to` is where the one after it begins. */
async function take<Row extends Position>(
  client: pg.ClientBase,
  asked: Walk,
  rest: Window,
  stride: Stride,
  limit: number,
): Promise<Step<Row>> {
  const { newer, grounds, runs } = asked;
  // The very newest are read as they are: what is asked for is often there, and some are not noted yet.
  const noted = runs.length > 0 && stride.moved && (newer ? rest.low : rest.high - 1) < grounds.notedTo;
  if (noted) return takeBlocks(client, asked, rest, stride, limit);
  const size = stride.entries;
  const window = newer
    ? { ...rest, high: Math.min(rest.high, rest.low + size) }
    : { ...rest, low: Math.max(rest.low, rest.high - size) };
  const statement = sql`SELECT ${asked.columns} FROM ${window.ground.from} AS entry WHERE idx >= ${window.low}::bigint
    AND idx < ${window.high}::bigint AND ${asked.where} ORDER BY idx ${newer ? sql`ASC` : sql`DESC`} LIMIT ${limit}::int`;
  const small = size <= FIRST_WINDOW;
  // Walking along the index is best for what is common, and takes long for what was common and has ended: then all is gathered.
  const rows =
    (await within<Row>(client, statement, small ? 0 : TRY_MS)) ??
    (await within<Row>(client, statement, 2 * TRY_MS, "gather"));
  if (rows === null) {
    stride.shrink();
    return take(client, asked, rest, stride, limit);
  }
  stride.grow();
  return { rows, to: newer ? window.high : window.low };
}

const stands = (run: string): Prisma.Sql => sql`words COLLATE "C" LIKE ${`%${literally(run)}%`}`;

/** Looks into the next blocks that can have the texts. */
async function takeBlocks<Row extends Position>(
  client: pg.ClientBase,
  { columns, where, newer, runs, grounds }: Walk,
  rest: Window,
  stride: Stride,
  limit: number,
): Promise<Step<Row>> {
  const high = Math.min(rest.high, grounds.notedTo);
  const order = newer ? sql`ASC` : sql`DESC`;
  const having = runs.map((ways) => anyOf(ways.map((way) => allOf(way.map(stands)))));
  const found = await within<{ first: string }>(
    client,
    sql`SELECT first_idx AS first FROM audit_words WHERE first_idx > ${rest.low - BLOCK}::bigint AND first_idx < ${high}::bigint
        AND ${Prisma.join(having, " AND ")} ORDER BY first_idx ${order} LIMIT ${stride.blocks}::int`,
    0,
  );
  const firsts = (found ?? []).map(({ first }) => Number(first));
  const last = firsts.at(-1);
  const end = newer ? high : rest.low;
  if (last === undefined) return { rows: [], to: end };
  const rows = await within<Row>(
    client,
    sql`SELECT ${columns} FROM unnest(${firsts}::bigint[]) WITH ORDINALITY AS block(begins, nth) CROSS JOIN LATERAL (
          SELECT * FROM ${rest.ground.from} AS entry WHERE idx >= block.begins AND idx < block.begins + ${BLOCK}::bigint
            AND idx >= ${rest.low}::bigint AND idx < ${rest.high}::bigint AND ${where} ORDER BY idx ${order}) AS entry
        LIMIT ${limit}::int`,
    0,
    "along",
  );
  // Block after block in their order, which the plan keeps though nothing says so: where it did not, there would be more to read.
  rows?.sort((a, b) => (newer ? 1 : -1) * (Number(a.idx) - Number(b.idx)));
  const full = firsts.length === stride.blocks;
  stride.grow();
  return { rows: rows ?? [], to: full ? (newer ? Math.min(last + BLOCK, high) : Math.max(last, rest.low)) : end };
}
