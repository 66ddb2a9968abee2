import "server-only";
import { defineVerb } from "@/lib/verb";
import { lockSink, SINK_WRITE, sinkTarget } from "./lock";
import type { SinkIdInput } from "./schema";

/** Removes a sink, with its secret and its dead letters. What it got stays with it. Errors: `sink_not_found`. */
export const deleteSink = defineVerb(
  { action: "sink.delete", ...SINK_WRITE },
  async ({ tx, record }, { sinkId }: SinkIdInput): Promise<void> => {
    const before = await lockSink(tx, sinkId);
    const deadLetters = await tx.auditDeadLetter.count({ where: { sinkId } });
    await tx.auditSink.delete({ where: { id: sinkId } });
    const { kind, format, cursor } = before;
    const details = { kind, format, shippedUpTo: Number(cursor), deadLetters };
    record({ action: "sink.delete", outcome: "success", target: sinkTarget(before), details });
  },
);
