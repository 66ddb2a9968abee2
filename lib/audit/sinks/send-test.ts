import "server-only";
import type { Ctx } from "@/lib/ctx";
import { defineRead, defineVerb, type Verb, type VerbDefinition, type Within } from "@/lib/verb";
import { lockSink, readSinkRow, SINK_WRITE, sinkTarget } from "./lock";
import { feedingOf } from "./place";
import type { SinkIdInput, TestResultDto } from "./schema";
import { openSinkSecret } from "./secret";
import { testBatch } from "./test-event";

const DEFINITION: VerbDefinition<SinkIdInput> = { action: "sink.test", ...SINK_WRITE };

/** Permission, then the call; no transaction is open meanwhile. */
const sendOne = defineRead(DEFINITION, async ({ ctx, db }, { sinkId }: SinkIdInput): Promise<TestResultDto> => {
  const sink = await readSinkRow(db, sinkId);
  const secret = sink.sealedSecret === null ? "" : openSinkSecret(sinkId, sink.sealedSecret);
  const startedMs = performance.now();
  const receipt =
    secret === null
      ? { kind: "later" as const, why: "Its secret cannot be opened with GATEHOUSE_SECRET. Give it again." }
      : await feedingOf({ ...sink, secret }, ctx.nowSeconds).send(testBatch(sinkId, ctx.nowSeconds));
  const error = receipt.kind === "accepted" ? null : receipt.why;
  return { ok: error === null, error, milliseconds: Math.round(performance.now() - startedMs) };
});

const recordTest = defineVerb(DEFINITION, async ({ tx, record }, input: SinkIdInput & { result: TestResultDto }) => {
  const { result } = input;
  const sink = await lockSink(tx, input.sinkId);
  record({
    action: "sink.test",
    outcome: result.ok ? "success" : "failure",
    target: sinkTarget(sink),
    durationMs: result.milliseconds,
    ...(result.ok ? {} : { details: { error: result.error } }),
  });
  return result;
});

/** Sends a test event to a sink, paused ones too, and says what came of it. Errors: `sink_not_found`. */
export const testSink: Verb<SinkIdInput, TestResultDto> = Object.assign(
  async (ctx: Ctx, input: SinkIdInput, within?: Within<TestResultDto>): Promise<TestResultDto> =>
    recordTest(ctx, { ...input, result: await sendOne(ctx, input) }, within),
  { definition: DEFINITION },
);
