import "server-only";
import { pool } from "@/lib/db";
import { backoffMs } from "./backoff";
import type { Refused } from "./deliver";
import type { Receipt } from "./receiver";

/** A sink's row as the job reads it, with the end of the log at that moment. */
export type SinkState = {
  id: string;
  kind: string;
  format: string;
  settings: unknown;
  query: string | null;
  sealedSecret: Buffer | null;
  status: string;
  cursor: number;
  claimed: number | null;
  epoch: number;
  failures: number;
  /** True while it rests after a failure. */
  resting: boolean;
  /** The index that the next entry of the log gets: all below are committed. */
  head: number;
};

type Row = Omit<SinkState, "cursor" | "claimed" | "head"> & { cursor: string; claimed: string | null; head: string };

const MAX_ERROR_CHARS = 1000;

/** The sink as it stands; null where there is none any more. */
export async function readState(sinkId: string): Promise<SinkState | null> {
  const { rows } = await pool().query<Row>({
    name: "sink-state",
    text: `SELECT s.id, s.kind, s.format, s.settings, s.query, s.sealed_secret AS "sealedSecret", s.status, s.cursor, s.claimed, s.epoch,
             s.failures, coalesce(s.next_try_at > clock_timestamp(), false) AS resting, h.next AS head
           FROM audit_sink s, audit_head h WHERE s.id = $1 AND h.id = 1`,
    values: [sinkId],
  });
  const row = rows[0];
  if (!row) return null;
  const { cursor, claimed, head } = row;
  return { ...row, cursor: Number(cursor), claimed: claimed === null ? null : Number(claimed), head: Number(head) };
}

/** Notes the end of a batch before it is sent, so that one that is sent again is the same one. False where the sink was changed meanwhile. */
export async function claim({ id, cursor, epoch }: SinkState, to: number): Promise<boolean> {
  const { rowCount } = await pool().query(
    "UPDATE audit_sink SET claimed = $4 WHERE id = $1 AND cursor = $2 AND epoch = $3 AND claimed IS NULL",
    [id, cursor, epoch, to],
  );
  return rowCount === 1;
}

/** Cuts the batch under way shorter: what is sent again is the part that failed. */
export async function claimLess({ id, cursor, epoch }: SinkState, to: number): Promise<void> {
  await pool().query("UPDATE audit_sink SET claimed = $4 WHERE id = $1 AND cursor = $2 AND epoch = $3", [
    ...[id, cursor, epoch, to],
  ]);
}

/**
 * Moves the cursor past what is settled, and keeps what was refused as dead letters, in one statement: both or none. It does nothing
 * where the sink was set back meanwhile.
 */
export async function advance(
  { id, cursor, epoch, claimed }: SinkState,
  done: { to: number; shipped: number; missed: number; leftOut: number; refused: readonly Refused[] },
): Promise<void> {
  await pool().query(
    `WITH moved AS (
       UPDATE audit_sink SET cursor = $4, claimed = CASE WHEN $5::bigint > $4 THEN $5::bigint END, shipped = shipped + $6, missed = missed + $7, left_out = left_out + $10,
         shipped_at = CASE WHEN $6 > 0 THEN clock_timestamp() ELSE shipped_at END, failures = 0, next_try_at = NULL
       WHERE id = $1 AND cursor = $2 AND epoch = $3 RETURNING id)
     INSERT INTO audit_dead_letter (sink_id, idx, error)
     SELECT moved.id, letter.idx, letter.error FROM moved, unnest($8::bigint[], $9::text[]) AS letter(idx, error)
     ON CONFLICT (sink_id, idx) DO UPDATE SET error = EXCLUDED.error, refused_at = clock_timestamp(), retrying = false`,
    [id, cursor, epoch, done.to, claimed, done.shipped, done.missed, ...lettersOf(done.refused), done.leftOut],
  );
}

const lettersOf = (refused: readonly Refused[]): [number[], string[]] => [
  refused.map(({ entry }) => entry.idx),
  refused.map(({ why }) => why.slice(0, MAX_ERROR_CHARS)),
];

/** Notes that a try failed, and until when the sink rests: longer each time, but as long as the receiver asks. */
export async function fail(sinkId: string, { why, retryAfterMs }: Extract<Receipt, { kind: "later" }>): Promise<void> {
  const { rows } = await pool().query<{ failures: number }>(
    `UPDATE audit_sink SET failures = failures + 1, failures_total = failures_total + 1, last_error = $2, last_error_at = clock_timestamp()
     WHERE id = $1 RETURNING failures`,
    [sinkId, why.slice(0, MAX_ERROR_CHARS)],
  );
  const restMs = Math.max(backoffMs(rows[0]?.failures ?? 1), retryAfterMs ?? 0);
  await pool().query(
    "UPDATE audit_sink SET next_try_at = clock_timestamp() + $2 * interval '1 ms' WHERE id = $1 AND failures > 0",
    [sinkId, restMs],
  );
}

/** The indices of dead letters that wait to be sent again, oldest first. */
export async function lettersToRetry(sinkId: string, limit: number): Promise<number[]> {
  const { rows } = await pool().query<{ idx: string }>({
    name: "sink-letters-to-retry",
    text: "SELECT idx FROM audit_dead_letter WHERE sink_id = $1 AND retrying ORDER BY idx LIMIT $2",
    values: [sinkId, limit],
  });
  return rows.map(({ idx }) => Number(idx));
}

/** What became of dead letters that were sent again: those that were taken are gone, the others say why they were not. */
export async function settleLetters(
  sinkId: string,
  { accepted, refused }: { accepted: readonly number[]; refused: readonly { idx: number; why: string }[] },
): Promise<void> {
  await pool().query(
    `WITH gone AS (DELETE FROM audit_dead_letter WHERE sink_id = $1 AND idx = ANY ($2::bigint[])),
       kept AS (UPDATE audit_dead_letter l SET error = r.error, refused_at = clock_timestamp(), retrying = false
         FROM unnest($3::bigint[], $4::text[]) AS r(idx, error) WHERE l.sink_id = $1 AND l.idx = r.idx)
     UPDATE audit_sink SET failures = 0, next_try_at = NULL, shipped = shipped + $5,
       shipped_at = CASE WHEN $5 > 0 THEN clock_timestamp() ELSE shipped_at END WHERE id = $1`,
    [
      ...[sinkId, accepted, refused.map(({ idx }) => idx), refused.map(({ why }) => why.slice(0, MAX_ERROR_CHARS))],
      accepted.length,
    ],
  );
}
