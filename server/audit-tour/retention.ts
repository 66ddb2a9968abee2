import { placeHold, releaseHold } from "@/lib/audit/retention/holds";
import { setRetention } from "@/lib/audit/retention/policy";
import { recordArchive } from "@/lib/audit/retention/record";
import { db } from "@/lib/db";
import { jobCtx } from "@/lib/job-ctx";
import { personCtx } from "@/lib/testing/ctx";
import { makePerson } from "@/lib/testing/make";

/** How long the log is kept, what is held of it, and a partition that goes to its archive. */
export async function tourRetention(): Promise<void> {
  const ctx = personCtx({ ...(await makePerson({ name: "Olga", consoleRole: "owner" })), consoleRole: "owner" });
  await setRetention(ctx, { days: 400 });
  const time = { from: "2025-03-01T00:00:00Z", to: "2025-04-01T00:00:00Z" };
  const { id: holdId } = await placeHold(ctx, { ...time, reason: "Case 4711" });
  await releaseHold(ctx, { holdId, reason: "The case is closed" });
  const partition = "audit_entry_20250303t00";
  await db().auditPartition.create({
    data: { name: partition, fromAt: new Date("2025-03-03"), toAt: new Date("2025-03-10"), state: "closed" },
  });
  await recordArchive(jobCtx("retention"), {
    partition,
    file: "audit-5b3a9c10-000000000000-000000004095.ndjson.zst",
    sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    bytes: 612_345,
    ...{ firstIndex: 0, lastIndex: 4095, entries: 4096, treeSize: 8192 },
  });
}
