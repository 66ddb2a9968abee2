import "server-only";
import type pg from "pg";
import { readerPool } from "@/lib/db";
import type { Prisma } from "@/lib/generated/prisma/client.ts";

const QUERY_CANCELED = "57014";

/**
 * How a statement may find its entries: as the planner likes, by gathering all that match, or along the index from where it is
 * told. Whole tables are read where nothing else is left.
 */
export type Way = "any" | "gather" | "along";

const SCANS: Readonly<Record<Way, string>> = {
  any: "SET enable_indexscan = on; SET enable_bitmapscan = on; SET enable_seqscan = on",
  gather: "SET enable_indexscan = off; SET enable_bitmapscan = on; SET enable_seqscan = off",
  along: "SET enable_indexscan = on; SET enable_bitmapscan = off; SET enable_seqscan = on",
};

type Set = { way: Way; ms: number };

/** How a connection was set last: most statements want what the one before wanted, and asking for it costs a round trip. */
const settings = new WeakMap<pg.ClientBase, Set>();

/** Whoever reads the log, on a connection of its own kind: it can write nothing, and its statements are given up after a while. */
export class LogReader {
  constructor(private readonly client: pg.ClientBase) {}

  async #set(way: Way, ms: number): Promise<void> {
    const now = settings.get(this.client);
    const wanted = [
      ...(now?.way === way ? [] : [SCANS[way]]),
      ...(now?.ms === ms ? [] : [`SET statement_timeout = ${ms}`]),
    ];
    if (wanted.length === 0) return;
    settings.delete(this.client);
    await this.client.query(wanted.join("; "));
    settings.set(this.client, { way, ms });
  }

  /** Runs a statement; null where it took longer than `ms` (0: as long as it takes). */
  async within<Row extends pg.QueryResultRow>(query: Prisma.Sql, ms: number, way: Way = "any"): Promise<Row[] | null> {
    await this.#set(way, Math.ceil(ms));
    try {
      return (await this.client.query<Row>(query.text, query.values)).rows;
    } catch (error) {
      if ((error as { code?: unknown }).code === QUERY_CANCELED && ms > 0) return null;
      throw error;
    }
  }

  /** Runs a statement, however long it takes. */
  async all<Row extends pg.QueryResultRow>(query: Prisma.Sql, way: Way = "any"): Promise<Row[]> {
    return (await this.within<Row>(query, 0, way)) ?? [];
  }
}

/** Lends a reader's connection. */
export async function onReader<T>(work: (reader: LogReader) => Promise<T>): Promise<T> {
  const client = await readerPool().connect();
  try {
    const result = await work(new LogReader(client));
    client.release();
    return result;
  } catch (error) {
    client.release(true);
    throw error;
  }
}
