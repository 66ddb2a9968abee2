import { createAuditKey, rotateAuditKey } from "@/lib/audit/signer/rotate";
import { signLog } from "@/lib/testing/audit-log";
import { systemCtx } from "@/lib/testing/ctx";

/** The key that the log is signed with, and the next one. */
export async function tourLogKey(): Promise<void> {
  await createAuditKey(systemCtx());
  await signLog();
  await rotateAuditKey(systemCtx());
}
