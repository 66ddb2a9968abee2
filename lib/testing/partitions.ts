import { pool } from "@/lib/db";
import { readPartitions } from "@/lib/audit/storage/partitions";

/** Lets the partition that is written now end so soon (0: now), as midnight would; returns its name. Those for the time to come are to be taken away before. */
export async function endPartition(inMs = 0): Promise<string> {
  const now = new Date();
  const written = (await readPartitions(pool())).find(({ fromAt, toAt }) => (fromAt ?? 0) <= now && toAt > now);
  if (!written) throw new Error("no partition is written now");
  const { name, fromAt } = written;
  const from = fromAt ? `'${fromAt.toISOString()}'` : "MINVALUE";
  await pool().query(`DO $$
    DECLARE ends timestamptz := date_trunc('milliseconds', greatest((SELECT recorded_at FROM audit_head), clock_timestamp() + ${inMs} * interval '1 millisecond')) + interval '1 millisecond';
    BEGIN
      LOCK TABLE audit_entry;
      ALTER TABLE audit_entry DETACH PARTITION ${name};
      EXECUTE format('ALTER TABLE audit_entry ATTACH PARTITION ${name} FOR VALUES FROM (${from.replaceAll("'", "''")}) TO (%L)', ends);
      UPDATE audit_partition SET to_at = ends WHERE name = '${name}';
    END $$`);
  return name;
}

/** Takes away what was made for the time to come: what is written then goes to the makeshift. */
export async function dropPartitionsAhead(): Promise<void> {
  for (const { name, fromAt } of await readPartitions(pool()))
    if (fromAt && fromAt > new Date()) {
      await pool().query(`DROP TABLE ${name}`);
      await pool().query("DELETE FROM audit_partition WHERE name = $1", [name]);
    }
}
