import "server-only";
import { runBounded } from "@/lib/audit/query";
import { pool } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { personalOf, readPersonal } from "../personal/read";
import type { LoggedEntry } from "./receiver";

const { sql } = Prisma;

type Row = { idx: string; id: string; recorded: string; outcome: string; body: string; leaf: string };

/** A piece of the log, as a sink gets it. */
export type Piece = {
  /** What of it is wanted, in order. */
  entries: LoggedEntry[];
  /** The indices of all that is there, wanted or not, in order. Some may have left the log. */
  present: number[];
  /** It ends before this index. */
  to: number;
};

/** A query is tried on so many entries in one go, within so much time. */
const SPAN = 2000;
const TIMEOUT_MS = 30_000;

const COLUMNS = `idx, id, outcome, body, encode(leaf, 'hex') AS leaf,
  to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS recorded`;

async function toLogged(rows: readonly Row[]): Promise<LoggedEntry[]> {
  const known = await readPersonal(rows.map(({ body }) => body));
  return rows.map(({ idx, id, recorded, outcome, body, leaf }) => ({
    ...{ idx: Number(idx), id, recordedAt: recorded, outcome, body, leaf },
    personal: personalOf(body, known),
  }));
}

/** The entries from index `from` up to `below`, at most `limit` of them, that are wanted (null: all); or as far as one look goes. */
export async function readRange(from: number, below: number, limit: number, wanted: Prisma.Sql | null): Promise<Piece> {
  if (wanted !== null) return readWanted(from, Math.min(below, from + SPAN), limit, wanted);
  const { rows } = await pool().query<Row>({
    name: "sink-read-range",
    text: `SELECT ${COLUMNS} FROM audit_entry WHERE idx >= $1 AND idx < $2 ORDER BY idx LIMIT $3`,
    values: [from, below, limit],
  });
  const entries = await toLogged(rows);
  const last = entries.length < limit ? undefined : entries.at(-1);
  return { entries, present: entries.map(({ idx }) => idx), to: last ? last.idx + 1 : below };
}

type Judged = Row & { wanted: boolean };

/** One statement tells what is wanted and what is there, so that nothing leaves the log in between. */
async function readWanted(from: number, below: number, limit: number, wanted: Prisma.Sql): Promise<Piece> {
  const rows = await runBounded<Judged>(
    sql`SELECT idx, wanted, CASE WHEN wanted THEN id END AS id, outcome, CASE WHEN wanted THEN body END AS body, leaf, recorded
      FROM (SELECT judged.*, count(*) FILTER (WHERE wanted) OVER (ORDER BY idx) AS nth FROM (
          SELECT ${Prisma.raw(COLUMNS)}, (${wanted}) IS TRUE AS wanted FROM audit_entry
          WHERE idx >= ${String(from)}::bigint AND idx < ${String(below)}::bigint) AS judged) AS counted
      WHERE nth < ${limit} OR (nth = ${limit} AND wanted) ORDER BY idx`,
    TIMEOUT_MS,
  );
  const entries = await toLogged(rows.filter(({ wanted }) => wanted));
  const last = entries.length < limit ? undefined : entries.at(-1);
  return { entries, present: rows.map(({ idx }) => Number(idx)), to: last ? last.idx + 1 : below };
}

/** The entries of some indices, in order, as far as they are there and wanted. */
export async function readSome(indices: readonly number[], wanted: Prisma.Sql | null): Promise<Omit<Piece, "to">> {
  const rows = await runBounded<Judged>(
    sql`SELECT ${Prisma.raw(COLUMNS)}, (${wanted ?? sql`TRUE`}) IS TRUE AS wanted FROM audit_entry
      WHERE idx = ANY (${indices.map(String)}::bigint[]) ORDER BY idx`,
    TIMEOUT_MS,
  );
  return {
    entries: await toLogged(rows.filter(({ wanted }) => wanted)),
    present: rows.map(({ idx }) => Number(idx)),
  };
}
