import "server-only";
import { pool } from "@/lib/db";
import { GatehouseError } from "@/lib/errors";
import type { Bounds } from "../language/bounds";
import type { ArchivedTimeDto } from "../schema";
import { recordedAbout } from "../storage/recorded";

/** Recorded is not occurred: so much more counts on either side of a time that is asked for. */
const SLACK_MS = 3_600_000;

type Row = { from: Date | null; to: Date | null; isFirst: boolean; entries: number };

/** What of the time that is searched has left the log for archives; null where all of it is here. */
export async function archivedOf({ occurred, index }: Bounds): Promise<ArchivedTimeDto | null> {
  const moment = (micros: number | undefined, slackMs: number) =>
    micros === undefined ? null : new Date(micros / 1000 + slackMs);
  const { rows } = await pool().query<Row>(
    `SELECT min(from_at) AS "from", max(to_at) AS "to", coalesce(bool_or(from_at IS NULL), false) AS "isFirst",
       coalesce(sum(last_idx - first_idx + 1), 0)::float8 AS entries
     FROM audit_partition WHERE state = 'detached' AND first_idx IS NOT NULL
       AND ($1::timestamptz IS NULL OR to_at > $1) AND ($2::timestamptz IS NULL OR from_at IS NULL OR from_at < $2)
       AND ($3::bigint IS NULL OR last_idx >= $3) AND ($4::bigint IS NULL OR first_idx < $4)`,
    [moment(occurred.from, -SLACK_MS), moment(occurred.to, SLACK_MS), index.from ?? null, index.to ?? null],
  );
  const [row] = rows;
  if (!row?.to) return null;
  const from = row.isFirst ? null : (row.from?.toISOString() ?? null);
  return { from, to: row.to.toISOString(), entries: row.entries };
}

/**
 * Why an entry is not in the log: `entry_archived` where its index, or the time that its id tells, is in an archive; else
 * `entry_not_found`.
 */
export async function missingEntry(id: string): Promise<GatehouseError> {
  const isIndex = /^\d{1,15}$/.test(id);
  const { rows } = await pool().query<{ file: string }>(
    `SELECT archive_file AS file FROM audit_partition WHERE state = 'detached' AND first_idx IS NOT NULL
       AND ${isIndex ? "$1::bigint BETWEEN first_idx AND last_idx" : "to_at > $1 AND (from_at IS NULL OR from_at < $2)"} ORDER BY to_at LIMIT 1`,
    isIndex ? [id] : recordedAbout([id]),
  );
  const file = rows[0]?.file;
  if (file === undefined) return new GatehouseError("entry_not_found");
  const detail = isIndex ? `It is in the archive ${file}.` : `If there was one, it is in an archive: ${file} has entries of its time.`;
  return new GatehouseError("entry_archived", { detail });
} // prettier-ignore
