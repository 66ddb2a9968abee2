import "server-only";
import { prepareEntry, rfc3339Micros } from "@/lib/audit/entry";
import { systemPermissions } from "@/lib/authz/permissions";
import type { Ctx } from "@/lib/ctx";
import { newId } from "@/lib/id";
import type { Batch } from "./receiver";

/** An event that is no entry of the log: its index is -1, and it says that it is a test. */
export function testBatch(sinkId: string, nowSeconds: () => number): Batch {
  const ctx: Ctx = {
    actor: { kind: "system", job: "sinks", permissions: systemPermissions() },
    requestId: newId("request"),
    source: { ip: null, userAgent: null },
    nowSeconds,
  };
  const entry = prepareEntry(ctx, {
    action: "sink.test",
    outcome: "success",
    target: { kind: "sink", id: sinkId },
    details: { test: true },
  });
  const recordedAt = rfc3339Micros(entry.occurred_at);
  const logged = { idx: -1, id: entry.id, recordedAt, outcome: entry.outcome, body: entry.body.toString("utf8"), leaf: entry.leaf, personal: {} }; // prettier-ignore
  const id = `msg_${sinkId}_test_${entry.id}`;
  return { id, series: id, start: -1, entries: [logged] };
}
