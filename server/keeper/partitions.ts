import { makePartitionsAhead } from "@/lib/audit/storage/ahead";
import { noteBlocks } from "@/lib/audit/storage/blocks";
import { closePartitions, indexClosedPartitions } from "@/lib/audit/storage/close";
import { log } from "@/lib/log";
import { repeated } from "./job";

const EVERY_MS = 30_000;
/** An index over millions of entries takes minutes. */
const INDEX_MS = 3 * 3_600_000;

/** Makes the partitions of the log that are to come, and closes those whose time is over. */
export const partitionsJob = repeated({
  name: "partitions",
  everyMs: EVERY_MS,
  round: async ({ client }) => {
    const made = await makePartitionsAhead(client);
    const closed = await closePartitions(client);
    if (made.length + closed.length > 0) log.info({ made, closed }, "Partitions of the audit log were made and closed");
    return "done";
  },
});

/** Indexes closed partitions for reading. A job of its own: the partitions to come must not wait for it. */
export const partitionIndexesJob = repeated({
  name: "partition-indexes",
  everyMs: EVERY_MS,
  queryMs: INDEX_MS,
  round: async ({ client, signal }) => {
    const indexed = await indexClosedPartitions(client, () => signal.aborted);
    if (indexed.length > 0) log.info({ indexed }, "Closed partitions of the audit log were indexed for reading");
    return "done";
  },
});

/** Notes which words stand where in the log, close behind its head. */
export const blocksJob = repeated({
  name: "blocks",
  everyMs: 1_000,
  round: async ({ client }) => ((await noteBlocks(client)) ? "more" : "done"),
});
