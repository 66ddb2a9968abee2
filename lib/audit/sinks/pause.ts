import "server-only";
import { defineVerb, type VerbScope } from "@/lib/verb";
import { readSink } from "./dto";
import { lockSink, SINK_WRITE, sinkTarget } from "./lock";
import type { SinkDto, SinkIdInput } from "./schema";

/** Stops shipping to a sink for now; it goes on from the same entry. A batch under way is still sent. Errors: `sink_not_found`. */
export const pauseSink = defineVerb({ action: "sink.pause", ...SINK_WRITE }, (scope, input: SinkIdInput) =>
  setStatus(scope, input, "sink.pause", "paused"),
);

/** Ships to a paused sink again, from where it stopped. Errors: `sink_not_found`. */
export const resumeSink = defineVerb({ action: "sink.resume", ...SINK_WRITE }, (scope, input: SinkIdInput) =>
  setStatus(scope, input, "sink.resume", "active"),
);

async function setStatus(
  { tx, record }: VerbScope,
  { sinkId }: SinkIdInput,
  action: "sink.pause" | "sink.resume",
  status: SinkDto["status"],
): Promise<SinkDto> {
  const before = await lockSink(tx, sinkId);
  if (before.status !== status) {
    await tx.auditSink.update({ where: { id: sinkId }, data: { status, nextTryAt: null } });
    const changes = [{ field: "status", before: before.status, after: status }];
    record({ action, outcome: "success", target: sinkTarget(before), changes });
  }
  return readSink(tx, sinkId);
}
