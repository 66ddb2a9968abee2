import { BadgeWatcher } from "@/lib/audit/badges/watch";
import { repeated, type Job } from "./job";
import { perConnection } from "./per-connection";

const EVERY_MS = 1000;

/** Reads the audit log as it grows, and notes what strikes about its entries. */
export function badges(): Job {
  const watcher = perConnection(() => new BadgeWatcher());
  return repeated({
    name: "badges",
    everyMs: EVERY_MS,
    round: async ({ client }) => ((await (await watcher.of(client)).step(client)).more ? "more" : "done"),
  });
}
