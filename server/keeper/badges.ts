import { BadgeWatcher } from "@/lib/audit/badges/watch";
import { repeated, type Job, type Turn } from "./job";

const EVERY_MS = 1000;

/** Reads the audit log as it grows, and notes what strikes about its entries. */
export function badges(): Job {
  let held: { client: Turn["client"]; watcher: BadgeWatcher } | null = null;
  return repeated({
    name: "badges",
    everyMs: EVERY_MS,
    round: async ({ client }) => {
      // With the connection the lock was lost: another keeper may have read on meanwhile.
      if (held?.client !== client) held = { client, watcher: new BadgeWatcher() };
      return (await held.watcher.step(client)).more ? "more" : "done";
    },
  });
}
