import { systemPermissions } from "@/lib/authz/permissions";
import type { Ctx } from "@/lib/ctx";
import { newId } from "@/lib/id";

/** The ctx of Gatehouse itself, at work on its own account. @param job what stands in the log as who did it */
export function jobCtx(job: string, userAgent: string | null = null): Ctx {
  return {
    actor: { kind: "system", job, permissions: systemPermissions() },
    requestId: newId("request"),
    source: { ip: null, userAgent },
    nowSeconds: () => Date.now() / 1000,
  };
}
