import { noteFault, noteMended } from "@/lib/audit/faults/note";
import { createAuditKey, rotateAuditKey } from "@/lib/audit/signer/rotate";
import { signLog, withClient } from "@/lib/testing/audit-log";
import { systemCtx } from "@/lib/testing/ctx";

/** The key that the log is signed with, and the next one; something is wrong with its proof for a while. */
export async function tourLogKey(): Promise<void> {
  await createAuditKey(systemCtx());
  await signLog();
  await rotateAuditKey(systemCtx());
  await withClient(async (client) => {
    await noteFault(client, systemCtx(), "recheck", { index: 7, fault: "its hash does not match its body" });
    await noteMended(client, systemCtx(), "recheck");
  });
}
