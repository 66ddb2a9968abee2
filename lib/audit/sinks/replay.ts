import "server-only";
import type { Tx } from "@/lib/db";
import { fieldError } from "@/lib/errors";
import { defineVerb } from "@/lib/verb";
import { readSink } from "./dto";
import { lockSink, SINK_WRITE, sinkTarget } from "./lock";
import type { ReplaySinkInput, SinkDto } from "./schema";

/**
 * Sets a sink back: it gets every entry from an index or a moment on again. Never ahead: that would leave entries out.
 * Errors: `sink_not_found`, `validation_failed` (field `index` or `since`).
 */
export const replaySink = defineVerb(
  { action: "sink.replay", ...SINK_WRITE },
  async ({ tx, record }, input: ReplaySinkInput): Promise<SinkDto> => {
    const before = await lockSink(tx, input.sinkId);
    const cursor = await startOf(tx, input, before.cursor);
    if (cursor > before.cursor)
      throw fieldError(
        "validation_failed",
        input.index === undefined ? "since" : "index",
        `It has been shipped up to entry ${before.cursor} alone, and cannot be set ahead.`,
      );
    await tx.auditSink.update({
      where: { id: before.id },
      data: { cursor, claimed: null, nextTryAt: null, epoch: { increment: 1 } },
    });
    record({
      action: "sink.replay",
      outcome: "success",
      target: sinkTarget(before),
      changes: [{ field: "cursor", before: Number(before.cursor), after: Number(cursor) }],
    });
    return readSink(tx, before.id);
  },
);

/** The first entry that was recorded at that moment or later; where there is none, nothing is set back. */
async function startOf(tx: Tx, { index, since }: ReplaySinkInput, otherwise: bigint): Promise<bigint> {
  if (index !== undefined) return BigInt(index);
  const [first] = await tx.$queryRaw<{ idx: bigint }[]>`
    SELECT idx FROM audit_entry WHERE recorded_at >= ${new Date(since ?? "")} ORDER BY idx LIMIT 1`;
  return first?.idx ?? otherwise;
}
