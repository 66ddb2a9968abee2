import "server-only";
import { pool } from "@/lib/db";

// Rows are locked in the order of their ids, so that two processes which flush at once never deadlock.
const TOUCH = `
WITH used AS (SELECT * FROM unnest($1::text[], $2::float8[]) AS used(id, at)),
     held AS (SELECT k.id, to_timestamp(used.at) AS at FROM server_key AS k JOIN used ON used.id = k.id
              ORDER BY k.id FOR NO KEY UPDATE OF k)
UPDATE server_key AS k SET last_used_at = held.at FROM held
WHERE k.id = held.id AND (k.last_used_at IS NULL OR k.last_used_at < held.at)`;

/**
 * Writes when keys were last used, all in one statement; a time never goes back. Meant for an occasional flush, outside
 * the hot path. Unknown keys are left out.
 * @param lastUsedAtSeconds key id → Unix seconds
 */
export async function touchKeys(lastUsedAtSeconds: ReadonlyMap<string, number>): Promise<void> {
  if (lastUsedAtSeconds.size === 0) return;
  await pool().query(TOUCH, [[...lastUsedAtSeconds.keys()], [...lastUsedAtSeconds.values()]]);
}
