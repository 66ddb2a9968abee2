import { systemPermissions } from "@/lib/authz/permissions";
import type { AuditAction } from "@/lib/audit/catalogue";
import type { Ctx } from "@/lib/ctx";
import { newId } from "@/lib/id";
import { recordAlone } from "@/lib/verb";

/** The launcher as an actor. */
export function launcherCtx(): Ctx {
  return {
    actor: { kind: "system", job: "launcher", permissions: systemPermissions() },
    requestId: newId("request"),
    source: { ip: null, userAgent: null },
    nowSeconds: () => Date.now() / 1000,
  };
}

/** Writes that the instance started or stopped. Throws where the audit log cannot be written. */
export async function recordInstance(
  action: Extract<AuditAction, `instance.${string}`>,
  details: Record<string, unknown>,
): Promise<void> {
  await recordAlone(launcherCtx(), [
    { action, outcome: "success", target: { kind: "instance", id: "gatehouse" }, details },
  ]);
}
