import "server-only";
import type pg from "pg";

/** How long an entry may wait for a signed checkpoint before somebody is told, s. */
export const BEHIND_SECONDS = 60;

const WAITS = "it is written, and was not signed within a minute";

/** The first entry that has waited too long to be signed; null where none has. */
export async function findBehind(client: pg.ClientBase): Promise<{ index: number; fault: string } | null> {
  const { rows } = await client.query<{ index: number }>(
    `SELECT entry.idx::float8 AS index FROM audit_entry entry, (SELECT coalesce(max(size), 0) AS size FROM audit_checkpoint) signed
     WHERE entry.idx = (SELECT min(idx) FROM audit_entry WHERE idx >= signed.size)
       AND entry.recorded_at < clock_timestamp() - make_interval(secs => $1)`,
    [BEHIND_SECONDS],
  );
  const [waiting] = rows;
  return waiting ? { index: waiting.index, fault: WAITS } : null;
}
