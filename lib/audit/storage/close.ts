import "server-only";
import type pg from "pg";
import { quoted, readPartitions, type Partition } from "./partitions";

/** Closes every partition whose time is over: from then on it never changes. Returns their names. */
export async function closePartitions(client: pg.ClientBase): Promise<string[]> {
  const over = (await readPartitions(client)).filter(
    ({ state, toAt }) => state === "hot" && toAt.getTime() <= Date.now(),
  );
  if (over.length === 0) return [];
  // Whoever writes holds the head's row until its commit. Once this has had its turn, every later entry is recorded later.
  const { rows } = await client.query<{ at: Date }>(
    "UPDATE audit_head SET recorded_at = greatest(clock_timestamp(), recorded_at) WHERE id = 1 RETURNING recorded_at AS at",
  );
  const passed = rows[0]?.at ?? new Date(0);
  const closed = over.filter(({ toAt }) => toAt <= passed);
  for (const { name } of closed)
    await client.query(
      `UPDATE audit_partition SET state = 'closed', closed_at = clock_timestamp(), first_idx = held.first, last_idx = held.last
       FROM (SELECT min(idx) AS first, max(idx) AS last FROM ${quoted(name)}) AS held WHERE name = $1`,
      [name],
    );
  return closed.map(({ name }) => name);
}

/**
 * Makes closed partitions over for reading alone, one after the other; each step may be done again where it was interrupted.
 * Returns the names of those that are done.
 */
export async function indexClosedPartitions(client: pg.ClientBase, stopped: () => boolean): Promise<string[]> {
  const done: string[] = [];
  for (const partition of await readPartitions(client)) {
    if (stopped()) break;
    if (partition.state !== "closed" || partition.indexedAt !== null) continue;
    if (partition.firstIdx !== null) await indexForReading(client, partition);
    await client.query("UPDATE audit_partition SET indexed_at = clock_timestamp() WHERE name = $1", [partition.name]);
    done.push(partition.name);
  }
  return done;
}

async function indexForReading(client: pg.ClientBase, partition: Partition): Promise<void> {
  const { name, firstIdx, lastIdx } = partition;
  const table = quoted(name);
  // What stood in the short list of new entries is sorted in for good.
  const refs = quoted(`${name}_refs`);
  await client.query(`ALTER INDEX ${refs} SET (fastupdate = off)`);
  await client.query("SELECT gin_clean_pending_list($1::regclass)", [refs]);
  await dropUnfinished(client, name);
  await client.query(`REINDEX INDEX CONCURRENTLY ${refs}`);
  // Lets the planner leave the partition out of whatever asks for other indices.
  const bounds = quoted(`${name}_indices`);
  await client.query(`ALTER TABLE ${table} DROP CONSTRAINT IF EXISTS ${bounds}`);
  await client.query(
    `ALTER TABLE ${table} ADD CONSTRAINT ${bounds} CHECK (idx >= ${firstIdx} AND idx <= ${lastIdx}) NOT VALID`,
  );
  await client.query(`ALTER TABLE ${table} VALIDATE CONSTRAINT ${bounds}`);
  // Nothing will ever change here: frozen once, it is never to be visited again.
  await client.query(`VACUUM (FREEZE, ANALYZE) ${table}`);
}

/** Takes away what an interrupted `CONCURRENTLY` left. */
async function dropUnfinished(client: pg.ClientBase, name: string): Promise<void> {
  const { rows } = await client.query<{ index: string }>(
    "SELECT indexrelid::regclass::text AS index FROM pg_index WHERE indrelid = to_regclass($1) AND NOT indisvalid",
    [name],
  );
  for (const { index } of rows) await client.query(`DROP INDEX CONCURRENTLY ${quoted(index)}`);
}
