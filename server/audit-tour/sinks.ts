import { createSink } from "@/lib/audit/sinks/create";
import { discardDeadLetters, retryDeadLetters } from "@/lib/audit/sinks/dead-letters";
import { deleteSink } from "@/lib/audit/sinks/delete";
import { pauseSink, resumeSink } from "@/lib/audit/sinks/pause";
import { replaySink } from "@/lib/audit/sinks/replay";
import { createSinkSchema } from "@/lib/audit/sinks/schema";
import { testSink } from "@/lib/audit/sinks/send-test";
import { updateSink } from "@/lib/audit/sinks/update";
import { db } from "@/lib/db";
import { personCtx } from "@/lib/testing/ctx";
import { makePerson } from "@/lib/testing/make";
import { TestReceiver } from "@/lib/testing/receiver";

/** A place that the log is shipped to, from its first day to its last. */
export async function tourSinks(): Promise<void> {
  const ctx = personCtx({ ...(await makePerson({ name: "Selma", consoleRole: "admin" })), consoleRole: "admin" });
  const receiver = await TestReceiver.begin();
  const settings = { url: receiver.url, privateNetwork: true };
  const input = { kind: "splunk_hec", name: "Splunk", settings, secret: "00000000-0000-4000-8000-000000000000" };
  const { id: sinkId } = await createSink(ctx, createSinkSchema.parse(input));
  await updateSink(ctx, { sinkId, format: "ocsf", query: "outcome:deny,denied" });
  await testSink(ctx, { sinkId });
  await receiver.end();
  await pauseSink(ctx, { sinkId });
  await resumeSink(ctx, { sinkId });
  await replaySink(ctx, { sinkId, index: 0 });
  await db().auditDeadLetter.create({ data: { sinkId, idx: 0n, error: "It answered 400." } });
  await retryDeadLetters(ctx, { sinkId });
  await discardDeadLetters(ctx, { sinkId });
  await deleteSink(ctx, { sinkId });
}
