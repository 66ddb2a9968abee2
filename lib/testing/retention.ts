import { dropPartitionsAhead, endPartition } from "./partitions";
import { fillLog, signLog, withClient } from "./audit-log";
import { makePartitionsAhead } from "@/lib/audit/storage/ahead";
import { noteBlocks } from "@/lib/audit/storage/blocks";
import { closePartitions, indexClosedPartitions } from "@/lib/audit/storage/close";
import { BadgeWatcher } from "@/lib/audit/badges/watch";
import { TILE_WIDTH } from "@/lib/audit/tree/builder";
import { pool } from "@/lib/db";

/** Writes so many entries, and closes their partition, as if it had ended so many days ago; returns its name. */
export async function agedPartition(entries: number, days = 100): Promise<string> {
  await fillLog(entries);
  await dropPartitionsAhead();
  const name = await endPartition();
  await withClient(async (client) => {
    await makePartitionsAhead(client);
    await closePartitions(client);
    await indexClosedPartitions(client, () => false);
  });
  await pool().query(
    `UPDATE audit_partition SET to_at = to_at - $2 * interval '1 day', from_at = from_at - ($2 + 1) * interval '1 day' WHERE name = $1`,
    [name, days],
  );
  return name;
}

/** Writes a little more, lets everybody who reads the log read all of it, and has it signed, as a moment of the keeper does. */
export async function catchUp(): Promise<void> {
  await fillLog(TILE_WIDTH); // what is not in a whole tile yet stays
  await withClient(async (client) => {
    const watcher = new BadgeWatcher();
    while ((await watcher.step(client)).more);
    while (await noteBlocks(client));
  });
  await signLog();
}
