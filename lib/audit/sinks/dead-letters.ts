import "server-only";
import { z } from "zod";
import { decodeCursor, encodeCursor } from "@/lib/cursor";
import type { Page } from "@/lib/page";
import { defineRead, defineVerb } from "@/lib/verb";
import { lockSink, readSinkRow, SINK_WRITE, sinkTarget } from "./lock";
import type { DeadLetterDto, SinkDeadLettersInput, SomeDeadLettersInput } from "./schema";

const positionSchema = z.tuple([z.number().int()]);
const MAX_TOLD = 100;

/** The entries that a sink's receiver refused for good, oldest first. Errors: `sink_not_found`, `invalid_cursor`. */
export const listDeadLetters = defineRead(
  {
    action: "sink.read",
    permission: "sink.read",
    target: ({ sinkId }: SinkDeadLettersInput) => ({ kind: "sink", id: sinkId }),
  },
  async ({ db }, { sinkId, limit, cursor }: SinkDeadLettersInput): Promise<Page<DeadLetterDto>> => {
    await readSinkRow(db, sinkId);
    const scope = `dead-letters:${sinkId}`;
    const after = cursor ? decodeCursor(scope, cursor, positionSchema)[0] : -1;
    const rows = await db.auditDeadLetter.findMany({
      where: { sinkId, idx: { gt: after } },
      orderBy: { idx: "asc" },
      take: limit + 1,
    });
    const items = rows.slice(0, limit).map(({ idx, error, refusedAt, retrying }) => ({
      index: Number(idx),
      error,
      refusedAt: refusedAt.toISOString(),
      retrying,
    }));
    const last = rows.length > limit ? items.at(-1)?.index : undefined;
    return { items, nextCursor: last === undefined ? null : encodeCursor(scope, [last]) };
  },
);

const chosen = ({ sinkId, indices }: SomeDeadLettersInput) => ({
  sinkId,
  ...(indices === undefined ? {} : { idx: { in: indices.map(BigInt) } }),
});

/** Which ones, as an entry tells it. */
const told = ({ indices }: SomeDeadLettersInput, changed: number) => ({
  count: changed,
  ...(indices === undefined ? { which: "all" } : { indices: indices.slice(0, MAX_TOLD) }),
});

/** Sends dead letters again, some or all; those that are refused again stay. Errors: `sink_not_found`. */
export const retryDeadLetters = defineVerb(
  { action: "sink.retry", ...SINK_WRITE },
  async ({ tx, record }, input: SomeDeadLettersInput): Promise<{ changed: number }> => {
    const sink = await lockSink(tx, input.sinkId);
    const { count } = await tx.auditDeadLetter.updateMany({
      where: { ...chosen(input), retrying: false },
      data: { retrying: true },
    });
    if (count > 0) {
      await tx.auditSink.update({ where: { id: sink.id }, data: { nextTryAt: null } });
      record({ action: "sink.retry", outcome: "success", target: sinkTarget(sink), details: told(input, count) });
    }
    return { changed: count };
  },
);

/** Gives dead letters up, some or all: the sink never gets these entries, but by a replay. Errors: `sink_not_found`. */
export const discardDeadLetters = defineVerb(
  { action: "sink.discard", ...SINK_WRITE },
  async ({ tx, record }, input: SomeDeadLettersInput): Promise<{ changed: number }> => {
    const sink = await lockSink(tx, input.sinkId);
    const { count } = await tx.auditDeadLetter.deleteMany({ where: chosen(input) });
    if (count > 0)
      record({ action: "sink.discard", outcome: "success", target: sinkTarget(sink), details: told(input, count) });
    return { changed: count };
  },
);
