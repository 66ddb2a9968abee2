import type { AuditAction } from "@/lib/audit/catalogue";
import { jobCtx } from "@/lib/job-ctx";
import { recordAlone } from "@/lib/verb";

/** Writes that the instance started or stopped. Throws where the audit log cannot be written. */
export async function recordInstance(
  action: Extract<AuditAction, `instance.${string}`>,
  details: Record<string, unknown>,
): Promise<void> {
  await recordAlone(jobCtx("launcher"), [
    { action, outcome: "success", target: { kind: "instance", id: "gatehouse" }, details },
  ]);
}
