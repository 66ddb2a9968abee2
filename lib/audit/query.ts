import "server-only";
import type pg from "pg";
import { pool } from "@/lib/db";
import { GatehouseError } from "@/lib/errors";
import type { Prisma } from "@/lib/generated/prisma/client.ts";

const QUERY_CANCELED = "57014";

/** What is said of a search that takes too long. */
export const tooBroad = (cause?: unknown): GatehouseError =>
  new GatehouseError("search_too_broad", {
    detail: "This search takes too long. Narrow the time range, or add a filter.",
    cause,
  });

/**
 * Runs one reading statement that may take `timeoutMs` at most: a search over a large log must not hold a connection.
 * Throws `search_too_broad` where it takes longer.
 */
export async function runBounded<Row extends pg.QueryResultRow>(query: Prisma.Sql, timeoutMs: number): Promise<Row[]> {
  const client = await pool().connect();
  try {
    await client.query(`BEGIN READ ONLY; SET LOCAL statement_timeout = ${Math.floor(timeoutMs)}; SET LOCAL jit = off`);
    const { rows } = await client.query<Row>(query.text, query.values);
    await client.query("COMMIT");
    client.release();
    return rows;
  } catch (error) {
    // The connection goes with the failed transaction; the pool makes another.
    client.release(true);
    if ((error as { code?: unknown }).code !== QUERY_CANCELED) throw error;
    throw tooBroad(error);
  }
}
