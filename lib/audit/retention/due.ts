import "server-only";
import { TILE_WIDTH } from "../tree/builder";
import type { Database } from "../tree/store";
import { isHeld } from "./overlap";
import type { Wait } from "./schema";

/** A partition that is closed, as retention looks at it. */
export type Candidate = {
  name: string;
  fromAt: Date | null;
  toAt: Date;
  /** Null where it is empty. */
  span: { from: number; to: number } | null;
  /** What was recorded of its archive, where it has one. */
  archive: { file: string; sha256: string; entryId: string } | null;
  /** What keeps it from being dropped; null where nothing does. */
  waitsFor: Wait | null;
};

type Row = {
  name: string;
  fromAt: Date | null;
  toAt: Date;
  first: number | null;
  last: number | null;
  file: string | null;
  sha256: string | null;
  entryId: string | null;
  indexed: boolean;
  held: boolean;
};

/** How far each that reads the log has read it: null where there is none that does. */
type Limits = { days: number | null; signed: number; shipped: number | null; retrying: number | null; read: number };

const DAY_MS = 86_400_000;

/**
 * The partitions that are closed and still here, oldest first, each with what keeps it. Nobody may be ahead of what is dropped: every
 * sink, also one that is paused, gets each entry first, and so does whoever looks for what strikes and for what a saved search tells of.
 */
export async function readCandidates(
  database: Database,
  nowMs: number,
  days: "policy" | number = "policy",
): Promise<Candidate[]> {
  const { rows: limitRows } = await database.query<Limits>(
    `SELECT (SELECT audit_retention_days FROM instance WHERE id = 1) AS days,
       (SELECT coalesce(max(size), 0)::float8 FROM audit_checkpoint) AS signed,
       (SELECT min(cursor)::float8 FROM audit_sink) AS shipped,
       (SELECT min(idx)::float8 FROM audit_dead_letter WHERE retrying) AS retrying,
       least((SELECT coalesce(max(next), 0) FROM audit_reader WHERE job = 'badges'),
         (SELECT min(next_idx) FROM saved_search WHERE alert_threshold IS NOT NULL))::float8 AS read`,
  );
  const { rows } = await database.query<Row>(
    `SELECT p.name, p.from_at AS "fromAt", p.to_at AS "toAt", p.first_idx::float8 AS first, p.last_idx::float8 AS last,
       p.archive_file AS file, p.archive_sha256 AS sha256, p.retain_id AS "entryId", p.indexed_at IS NOT NULL AS indexed,
       ${isHeld("p")} AS held
     FROM audit_partition p WHERE p.state = 'closed' ORDER BY p.to_at`,
  );
  const limits = limitRows[0] ?? { days: null, signed: 0, shipped: null, retrying: null, read: 0 };
  const kept = days === "policy" ? limits.days : days;
  return rows.map((row) => ({
    name: row.name,
    fromAt: row.fromAt,
    toAt: row.toAt,
    span: row.first === null || row.last === null ? null : { from: row.first, to: row.last + 1 },
    archive: row.file && row.sha256 && row.entryId ? { file: row.file, sha256: row.sha256, entryId: row.entryId } : null,
    waitsFor: waitOf(row, { ...limits, days: kept }, nowMs),
  })); // prettier-ignore
}

function waitOf(row: Row, limits: Limits, nowMs: number): Wait | null {
  if (limits.days === null) return "policy";
  if (row.toAt.getTime() > nowMs - limits.days * DAY_MS) return "age";
  if (row.held) return "hold";
  if (!row.indexed) return "indexing";
  const last = row.last ?? -1;
  // The tree grows, and proves, from its last whole tile: entries after it are needed as they are.
  if (last >= Math.floor(limits.signed / TILE_WIDTH) * TILE_WIDTH) return "signing";
  if (last >= Math.min(limits.shipped ?? Infinity, limits.retrying ?? Infinity)) return "sink";
  return last >= limits.read ? "readers" : null;
}
