import "server-only";
import type { PreparedEntry } from "./entry";

/** Anything that runs one SQL statement with positional parameters. */
export type SqlRunner = (sql: string, values: unknown[]) => Promise<unknown>;

/**
 * Takes a dense index range from the one-row counter and inserts the batch, in one statement. The counter's row stays
 * locked until the transaction ends, so call it as the last step before commit: commit order is then index order.
 */
const INSERT = `
WITH head AS (UPDATE audit_head SET next = next + $1::int WHERE id = 1 RETURNING next - $1::int AS first),
     batch AS (SELECT * FROM ROWS FROM (json_to_recordset($2::json) AS (
       id uuid, occurred_at timestamptz, action text, outcome text, reason text, actor_kind text, actor_id text,
       person_id text, agent_id text, server_id text, server_ids text[], token_id text, target_kind text, target_id text, tool text,
       ip text, request_id text, body text, leaf text)) WITH ORDINALITY
              AS entry(id, occurred_at, action, outcome, reason, actor_kind, actor_id, person_id, agent_id, server_id,
                       server_ids, token_id, target_kind, target_id, tool, ip, request_id, body, leaf, nth))
INSERT INTO audit_entry (idx, id, occurred_at, recorded_at, action, outcome, reason, actor_kind, actor_id, person_id, agent_id,
                         server_id, server_ids, token_id, target_kind, target_id, tool, ip, request_id, body, leaf)
SELECT head.first + batch.nth - 1, id, occurred_at, clock_timestamp(), action, outcome, reason, actor_kind, actor_id, person_id, agent_id,
       server_id, server_ids, token_id, target_kind, target_id, tool, ip, request_id, body, decode(leaf, 'hex')
FROM batch, head`;

/** Writes entries with the given runner. Throws where any of them cannot be written: then none is. */
export async function writeEntries(run: SqlRunner, entries: readonly PreparedEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await run(INSERT, [entries.length, JSON.stringify(entries)]);
}
