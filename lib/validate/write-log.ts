import "server-only";
import type pg from "pg";
import type { PreparedEntry } from "@/lib/audit/entry";
import { writeEntries } from "@/lib/audit/write";
import { logPool, pool } from "@/lib/db";
import { noteCommit } from "./metrics";

/** The longest that one batch may take, ms: shorter than the second within which a caller must have its answer. */
const WRITE_TIMEOUT_MS = 750;

// Types that @types/pg lacks: both exist in pg itself.
type TimedQuery = pg.QueryConfig<unknown[]> & { query_timeout: number };
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
  const client = await logPool().connect();
  // A connection that breaks while nobody listens would end the process.
  const onError = () => undefined;
  client.on("error", onError);
  let failure: Error | undefined;
  try {
    await writeEntries((text, values) => {
      // By its name, so that PostgreSQL plans it once for the connection.
      const query: TimedQuery = { name: "write-audit-entries", text, values, query_timeout: WRITE_TIMEOUT_MS };
      return client.query(query);
    }, entries);
  } catch (error) {
    failure = error instanceof Error ? error : new Error(String(error));
    throw error;
  } finally {
    if (failure?.message === "Query read timeout") await cancel(client);
    client.off("error", onError);
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
