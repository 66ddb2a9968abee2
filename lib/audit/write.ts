import "server-only";
import type pg from "pg";
import type { TimedQuery } from "@/lib/db";
import type { PreparedEntry } from "./entry";
import { encodeRows, ROW_COLUMNS } from "./row-format";

/** Anything that runs one SQL statement with positional parameters. */
export type SqlRunner = (sql: string, values: unknown[]) => Promise<unknown>;

/**
 * Takes a dense index range and a moment of recording from the one-row counter and inserts the batch, in one statement. The
 * counter's row stays locked until the transaction ends, so call it as the last step before commit: commit order is then
 * index order, and moments follow it also where the clock steps back, which partitions rest on.
 */
const INSERT = `
WITH head AS (UPDATE audit_head SET next = next + $1::int, recorded_at = greatest(clock_timestamp(), recorded_at)
  WHERE id = 1 RETURNING next - $1::int AS first, recorded_at)
INSERT INTO audit_entry (idx, recorded_at, ${ROW_COLUMNS.join(", ")})
SELECT head.first + batch.nth - 1, head.recorded_at, ${ROW_COLUMNS.map((name) => `batch.${name}`).join(", ")}
FROM unnest($2::audit_entry_row[]) WITH ORDINALITY AS batch(${ROW_COLUMNS.join(", ")}, nth), head`;

/**
 * Writes entries with the given runner. Throws where any of them cannot be written: then none is.
 * @param rowType what `rowTypeOf` says of the database
 */
export async function writeEntries(run: SqlRunner, rowType: number, entries: readonly PreparedEntry[]): Promise<void> {
  if (entries.length > 0) await run(INSERT, [entries.length, encodeRows(rowType, entries)]);
}

const rowTypes = new WeakMap<pg.Pool, Promise<number>>();

/** The id (OID) of the type `audit_entry_row` in the pool's database: a list in binary form names the type of its items. */
export function rowTypeOf(pool: pg.Pool): Promise<number> {
  let known = rowTypes.get(pool);
  if (!known) {
    const query: TimedQuery = { text: "SELECT 'audit_entry_row'::regtype::oid AS oid", values: [], query_timeout: 750 };
    known = pool.query<{ oid: number }>(query).then(({ rows }) => (rows[0] as { oid: number }).oid);
    rowTypes.set(pool, known);
    known.catch(() => rowTypes.delete(pool));
  }
  return known;
}
