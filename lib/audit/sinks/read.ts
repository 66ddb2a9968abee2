import "server-only";
import { pool } from "@/lib/db";
import type { LoggedEntry } from "./receiver";

type Row = { idx: string; id: string; recorded: string; outcome: string; body: string; leaf: string };

const COLUMNS = `idx, id, outcome, body, encode(leaf, 'hex') AS leaf,
  to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS recorded`;

const toLogged = ({ idx, id, recorded, outcome, body, leaf }: Row): LoggedEntry => ({
  idx: Number(idx),
  id,
  recordedAt: recorded,
  outcome,
  body,
  leaf,
});

/** The entries from index `from` up to `below`, at most `limit` of them, in order. Some may have left the log. */
export async function readRange(from: number, below: number, limit: number): Promise<LoggedEntry[]> {
  const { rows } = await pool().query<Row>({
    name: "sink-read-range",
    text: `SELECT ${COLUMNS} FROM audit_entry WHERE idx >= $1 AND idx < $2 ORDER BY idx LIMIT $3`,
    values: [from, below, limit],
  });
  return rows.map(toLogged);
}

/** The entries of some indices, in order. */
export async function readSome(indices: readonly number[]): Promise<LoggedEntry[]> {
  const { rows } = await pool().query<Row>(
    `SELECT ${COLUMNS} FROM audit_entry WHERE idx = ANY ($1::bigint[]) ORDER BY idx`,
    [indices],
  );
  return rows.map(toLogged);
}
