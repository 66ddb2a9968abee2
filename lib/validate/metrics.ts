import "server-only";
import type { PreparedEntry } from "@/lib/audit/entry";
import { type Count, Distribution, Tally } from "@/lib/metrics";

const LATENCY_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1];

const answered = new Distribution(
  "gatehouse_validate_duration_seconds",
  "Time from a whole question to its answer, its entry durable: one call or a batch of them.",
  LATENCY_SECONDS,
);
const decisions = new Tally(
  "gatehouse_decisions_total",
  "Decisions about tokens that are in the audit log, by action, outcome and true reason.",
);
const batchEntries = new Distribution(
  "gatehouse_audit_batch_entries",
  "Entries of one commit of the audit log.",
  [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
);
const commits = new Distribution(
  "gatehouse_audit_commit_duration_seconds",
  "Time that one batch of the audit log took, from its connection to its commit.",
  LATENCY_SECONDS,
);

const durationOf = { single: answered.of({ call: "single" }), batch: answered.of({ call: "batch" }) };
const entriesOfBatch = batchEntries.of();
const commitDuration = commits.of();

/** Runs the work of one validate call (`single`) or batch and observes how long it took, where it was answered. */
export async function timed<T>(call: "single" | "batch", work: () => Promise<T>): Promise<T> {
  const startedMs = performance.now();
  const outcome = await work();
  durationOf[call].observe((performance.now() - startedMs) / 1000);
  return outcome;
}

const DECIDING = ["token.validate", "token.introspect"];
/** The cells of `decisions`: action → outcome → reason. */
const decided = new Map(
  DECIDING.map((action) => [action, { allow: new Map<string, Count>(), deny: new Map<string, Count>() }]),
);

/** Notes a batch that is durable since now. */
export function noteCommit(entries: readonly PreparedEntry[], seconds: number): void {
  entriesOfBatch.observe(entries.length);
  commitDuration.observe(seconds);
  for (const { action, outcome, reason } of entries) {
    // The reasons of decisions are a fixed set; those of a refused verb are none of these.
    if (outcome === "allow" || outcome === "deny") countDecision(action, outcome, reason ?? "");
  }
}

function countDecision(action: string, outcome: "allow" | "deny", reason: string): void {
  const byReason = decided.get(action)?.[outcome];
  if (!byReason) return;
  let count = byReason.get(reason);
  if (!count) byReason.set(reason, (count = decisions.of({ action, outcome, reason })));
  count.value++;
}
