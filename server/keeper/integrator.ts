import { anchorOf } from "@/lib/audit/anchor/anchor";
import { noteFault, noteMended } from "@/lib/audit/faults/note";
import { Integrator } from "@/lib/audit/integrate";
import { LogFault } from "@/lib/audit/proof/fault";
import { ensureAuditKey } from "@/lib/audit/signer/rotate";
import { env } from "@/lib/env";
import { jobCtx } from "@/lib/job-ctx";
import { repeated, type Job, type Turn } from "./job";

/** How old an entry may get before it is signed, ms: half of what is promised. */
const EVERY_MS = 500;
const QUERY_MS = 120_000;
/** What failed for a moment keeps nothing unsigned for long; what is wrong with the log is told once. */
const LONGEST_BACK_OFF_MS = 5_000;

/** Makes the tree over the log, and signs it, as long as all is as it was recorded; where it is not, the admins are told. */
export function integrator(): Job {
  const anchors = (env().GATEHOUSE_AUDIT_ANCHOR ?? []).map((place) => anchorOf(place));
  const integrator = new Integrator(anchors);
  let hasKey = false;
  let mayBeFaulty = true;
  const round = async ({ client }: Turn) => {
    if (!hasKey) await ensureAuditKey(jobCtx("keeper"), client);
    hasKey = true;
    try {
      const { more } = await integrator.step(client);
      if (mayBeFaulty) await noteMended(client, jobCtx("keeper"), "integrator");
      mayBeFaulty = false;
      return more ? ("more" as const) : ("done" as const);
    } catch (error) {
      mayBeFaulty = true;
      if (error instanceof LogFault) await noteFault(client, jobCtx("keeper"), "integrator", error);
      throw error;
    }
  };
  return repeated({
    name: "integrator",
    everyMs: EVERY_MS,
    longestBackOffMs: LONGEST_BACK_OFF_MS,
    queryMs: QUERY_MS,
    round,
    last: round,
  });
}
