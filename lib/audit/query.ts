import "server-only";
import type pg from "pg";
import { pool } from "@/lib/db";
import { GatehouseError } from "@/lib/errors";
import type { Prisma } from "@/lib/generated/prisma/client.ts";

const QUERY_CANCELED = "57014";
/** How long the planner's own choice may take where there is another way, and how long that one may take, ms. */
const FIRST_TRY_MS = 300;
const BITMAP_TRY_MS = 1500;

/**
 * Runs one reading statement that may take `timeoutMs` at most: a search over a large log must not hold a connection.
 * Throws `search_too_broad` where it takes longer.
 */
export async function runBounded<Row extends pg.QueryResultRow>(
  query: Prisma.Sql,
  timeoutMs: number,
  { bitmapOnly = false } = {},
): Promise<Row[]> {
  const client = await pool().connect();
  try {
    await client.query(
      `BEGIN READ ONLY; SET LOCAL statement_timeout = ${Math.floor(timeoutMs)}; SET LOCAL jit = off${bitmapOnly ? "; SET LOCAL enable_indexscan = off" : ""}`,
    );
    const { rows } = await client.query<Row>(query.text, query.values);
    await client.query("COMMIT");
    client.release();
    return rows;
  } catch (error) {
    // The connection goes with the failed transaction; the pool makes another.
    client.release(true);
    if ((error as { code?: unknown }).code !== QUERY_CANCELED) throw error;
    throw new GatehouseError("search_too_broad", {
      detail: "This search takes too long. Narrow the time range, or add a filter.",
      cause: error,
    });
  }
}

/**
 * `runBounded` for the newest entries of a thing. The planner walks back through the log until it has enough of them, which
 * is best for what still happens, and takes seconds for what was common once and has ended since (an agent that was shut
 * off). That does not show in its statistics, so after a moment all entries of the thing are gathered by the index instead.
 */
export async function runNewest<Row extends pg.QueryResultRow>(query: Prisma.Sql, timeoutMs: number): Promise<Row[]> {
  const tries = [
    () => runBounded<Row>(query, FIRST_TRY_MS),
    () => runBounded<Row>(query, BITMAP_TRY_MS, { bitmapOnly: true }),
  ];
  for (const attempt of tries) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof GatehouseError) || error.code !== "search_too_broad") throw error;
    }
  }
  return runBounded<Row>(query, timeoutMs);
}
