import { findBehind } from "@/lib/audit/faults/behind";
import { noteFault, noteMended } from "@/lib/audit/faults/note";
import { jobCtx } from "@/lib/job-ctx";
import { log } from "@/lib/log";
import { repeated, type Job } from "./job";

const EVERY_MS = 10_000;

/** Tells the admins where the log is not signed, whatever keeps it from being. A job of its own: the one that signs may be what fails. */
export function behind(): Job {
  return repeated({
    name: "behind",
    everyMs: EVERY_MS,
    round: async ({ client }) => {
      const found = await findBehind(client);
      if (!found) await noteMended(client, jobCtx("keeper"), "behind");
      else if (await noteFault(client, jobCtx("keeper"), "behind", found))
        log.error({ index: found.index }, "The audit log is not signed: entries have waited for more than a minute");
      return "done";
    },
  });
}
