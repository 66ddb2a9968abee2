import { createSink } from "@/lib/audit/sinks/create";
import { shipRound, type RoundOutcome } from "@/lib/audit/sinks/round";
import { createSinkSchema, type CreatedSinkDto } from "@/lib/audit/sinks/schema";
import { db } from "@/lib/db";
import { recordAlone } from "@/lib/verb";
import { systemCtx } from "./ctx";

let counter = 0;

/** A sink of this machine, made by its verb. */
export function makeSink(kind: string, settings: object, more: object = {}): Promise<CreatedSinkDto> {
  const input = { kind, name: `Sink ${++counter}`, settings: { privateNetwork: true, ...settings }, ...more };
  return createSink(systemCtx(), createSinkSchema.parse(input));
}

/** Adds entries to the log. */
export async function writeEntries(count: number, outcome: "success" | "failure" = "success"): Promise<void> {
  const entry = { action: "overview.read", outcome } as const;
  await recordAlone(
    systemCtx(),
    Array.from({ length: count }, () => entry),
  );
}

/** The index that the next entry gets. */
export async function headOfLog(): Promise<number> {
  return Number((await db().auditHead.findUniqueOrThrow({ where: { id: 1 } })).next);
}

/** Ships until there is nothing to do, resting or not. */
export async function shipAll(sinkId: string, nowSeconds = () => Date.now() / 1000): Promise<RoundOutcome> {
  for (;;) {
    const outcome = await shipRound(sinkId, { nowSeconds });
    if (outcome !== "more") return outcome;
  }
}

/** Ends the rest that a sink takes after a failure. */
export async function wakeSink(id: string): Promise<void> {
  await db().auditSink.update({ where: { id }, data: { nextTryAt: null } });
}
