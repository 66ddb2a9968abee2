import { anchorOf } from "@/lib/audit/anchor/anchor";
import { Integrator } from "@/lib/audit/integrate";
import { ensureAuditKey } from "@/lib/audit/signer/rotate";
import { env } from "@/lib/env";
import { jobCtx } from "@/lib/job-ctx";
import { repeated, type Job, type Turn } from "./job";

/** How old an entry may get before it is signed, ms: half of what is promised. */
const EVERY_MS = 500;
const QUERY_MS = 120_000;

/** Makes the tree over the log, and signs it, as long as all is as it was recorded. */
export function integrator(): Job {
  const anchors = (env().GATEHOUSE_AUDIT_ANCHOR ?? []).map((place) => anchorOf(place));
  const integrator = new Integrator(anchors);
  let hasKey = false;
  const round = async ({ client }: Turn) => {
    if (!hasKey) await ensureAuditKey(jobCtx("keeper"), client);
    hasKey = true;
    const { more } = await integrator.step(client);
    return more ? ("more" as const) : ("done" as const);
  };
  return repeated({ name: "integrator", everyMs: EVERY_MS, queryMs: QUERY_MS, round, last: round });
}
