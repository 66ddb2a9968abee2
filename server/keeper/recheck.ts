import { noteFault, noteMended } from "@/lib/audit/faults/note";
import { pauseAfter, recheckNext } from "@/lib/audit/recheck";
import { jobCtx } from "@/lib/job-ctx";
import { log } from "@/lib/log";
import { repeated, type Job } from "./job";

const LOOK_MS = 1_000;

/** Walks over the signed log again and again, in small pieces with pauses between them. */
export function recheck(): Job {
  let dueAtMs = 0;
  let mayBeFaulty = true;
  return repeated({
    name: "recheck",
    everyMs: LOOK_MS,
    round: async ({ client }) => {
      const beganMs = performance.now();
      if (beganMs < dueAtMs) return "done";
      const piece = await recheckNext(client);
      if (!piece) return "done";
      dueAtMs = performance.now() + pauseAfter(piece, performance.now() - beganMs);
      const { firstBad } = piece;
      if (firstBad && (await noteFault(client, jobCtx("keeper"), "recheck", firstBad)))
        log.error({ index: firstBad.index }, `What was signed of the audit log is not as it was: ${firstBad.fault}`);
      if (!firstBad && mayBeFaulty) await noteMended(client, jobCtx("keeper"), "recheck");
      mayBeFaulty = firstBad !== null;
      return "done";
    },
  });
}
