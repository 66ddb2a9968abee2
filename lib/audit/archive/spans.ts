import "server-only";
import type { Database } from "../tree/store";

/** Entries that were archived and dropped, from `from` until before `to`, with the entry that says so. */
export type GoneSpan = {
  from: number;
  to: number;
  name: string;
  file: string;
  sha256: string;
  /** Null where somebody has written to the catalogue: nothing was recorded. */
  entry: { index: number; body: string } | null;
};

type Row = {
  name: string;
  first: number;
  last: number;
  file: string | null;
  sha256: string | null;
  idx: number | null;
  body: string | null;
};

/** What has left the log for archives, in its order. It is what the catalogue says: `archiveEntryOf` tells whether that was recorded. */
export async function readArchivedSpans(database: Database): Promise<GoneSpan[]> {
  const { rows } = await database.query<Row>(
    `SELECT name, first_idx::float8 AS first, last_idx::float8 AS last, archive_file AS file, archive_sha256 AS sha256,
       retain_idx::float8 AS idx, retain_body AS body
     FROM audit_partition WHERE state = 'detached' AND first_idx IS NOT NULL ORDER BY first_idx`,
  );
  return rows.map(({ name, first, last, file, sha256, idx, body }) => ({
    ...{ from: first, to: last + 1, name, file: file ?? "", sha256: sha256 ?? "" },
    entry: idx === null || body === null ? null : { index: idx, body },
  }));
}

/** True where an entry says that exactly these entries were archived. Whether it is the log's own, its proof tells. */
export function saysArchived(body: string, span: { from: number; to: number; sha256?: string }): boolean {
  try {
    const { action, outcome, details } = JSON.parse(body) as {
      action?: unknown;
      outcome?: unknown;
      details?: { firstIndex?: unknown; lastIndex?: unknown; sha256?: unknown };
    };
    return (
      action === "audit.retain" &&
      outcome === "success" &&
      details?.firstIndex === span.from &&
      details.lastIndex === span.to - 1 &&
      (span.sha256 === undefined || details.sha256 === span.sha256)
    );
  } catch {
    return false;
  }
}
