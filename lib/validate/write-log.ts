import "server-only";
import type pg from "pg";
import type { PreparedEntry } from "@/lib/audit/entry";
import { rowTypeOf, writeEntries } from "@/lib/audit/write";
import { logPool, pool, type TimedQuery } from "@/lib/db";
import { noteCommit } from "./metrics";

/** The longest that one batch may take, ms: shorter than the second within which a caller must have its answer. */
const WRITE_TIMEOUT_MS = 750;

/** What `@types/pg` lacks of a client. */
type WithProcessId = { processID?: number | null };

/**
 * Writes a batch in one statement and so in one commit. Where it takes too long the connection is given up, and the
 * server is told to stop: an entry of a call that was answered 503 should not appear later.
 */
export async function writeLog(entries: readonly PreparedEntry[]): Promise<void> {
  const startedMs = performance.now();
  await writeBatch(entries);
  noteCommit(entries, (performance.now() - startedMs) / 1000);
}

async function writeBatch(entries: readonly PreparedEntry[]): Promise<void> {
  const rowType = await rowTypeOf(logPool());
  const client = await logPool().connect();
  let failure: Error | undefined;
  try {
    const run = (text: string, values: unknown[]) => {
      // By its name, so that PostgreSQL plans it once for the connection.
      const query: TimedQuery = { name: "write-audit-entries", text, values, query_timeout: WRITE_TIMEOUT_MS };
      return client.query(query);
    };
    await writeEntries(run, rowType, entries);
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    if (failure?.message === "Query read timeout") await cancel(client);
    client.release(failure);
  }
}

async function cancel(client: pg.PoolClient): Promise<void> {
  const { processID } = client as WithProcessId;
  const query: TimedQuery = { text: "SELECT pg_cancel_backend($1)", values: [processID], query_timeout: 100 };
  await pool()
    .query(query)
    .catch(() => undefined);
}
