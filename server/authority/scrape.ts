import type pg from "pg";
import { pool, type TimedQuery } from "@/lib/db";

/** A scrape waits no longer for the database, ms: without it the rest is told. */
const READ_MS = 900;
/** All metrics of one scrape share what was read, ms. */
const SHARED_MS = 500;

/** Reads what several metrics tell, once for a scrape; nothing where the database does not answer. */
export function readForScrape<Row extends pg.QueryResultRow>(text: string): () => Promise<readonly Row[]> {
  let last: { at: number; rows: Promise<readonly Row[]> } | undefined;
  return () => {
    if (last && Date.now() - last.at < SHARED_MS) return last.rows;
    const query: TimedQuery = { text, values: [], query_timeout: READ_MS };
    const rows = pool()
      .query<Row>(query)
      .then(
        (result) => result.rows,
        () => [],
      );
    last = { at: Date.now(), rows };
    return rows;
  };
}
