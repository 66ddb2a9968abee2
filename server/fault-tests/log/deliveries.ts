import type { Disruption, LogViolation } from "./violation";

/** A batch of the log as a receiver got it. `taken`: it was told that it has arrived. */
export type Delivery = {
  id: string;
  /** The index of its first entry, and the one after its last. */
  first: number;
  end: number;
  /** A hash of its content. */
  content: string;
  gotMs: number;
  taken: boolean;
};

/** What came to one receiver. */
export type DeliveriesJudged = { violations: LogViolation[]; entries: number; repeated: number };

/** How long after a disruption somebody may still send what was under way: a keeper may need so long to notice. */
const GRACE_MS = 20_000;

/**
 * Judges what a receiver got, in the order in which it came. Nothing may be left out, first times come in the order of the log,
 * and what comes again after it was taken must be the very batch, sent when the sender could not know: some process of its was
 * ended before it had moved on. That it had shows the first batch after this one.
 */
export function judgeDeliveries(
  deliveries: readonly Delivery[],
  log: { from: number; to: number },
  disruptions: readonly Disruption[],
): DeliveriesJudged {
  const violations: LogViolation[] = [];
  const taken = new Map<string, Delivery>();
  let next = log.from;
  let repeated = 0;
  for (const delivery of deliveries.filter((one) => one.taken)) {
    const { first, end, id } = delivery;
    const before = taken.get(id);
    if (first > next)
      violations.push({ kind: "sink_gap", what: `${next} to ${first - 1} did not come before ${first}` });
    if (first < next) {
      repeated += 1;
      if (before?.content !== delivery.content)
        violations.push({ kind: "sink_torn", what: `${id} (${first} to ${end - 1}) is not a batch that came before` });
      else if (!isExcused(before, delivery, deliveries, disruptions))
        violations.push({ kind: "sink_double", what: `${id} (${first} to ${end - 1}) was taken, and came again` });
    }
    next = Math.max(next, end);
    if (!before) taken.set(id, delivery);
  }
  if (next < log.to) violations.push({ kind: "sink_gap", what: `${next} to ${log.to - 1} never came` });
  return { violations, entries: next - log.from, repeated };
}

function isExcused(
  before: Delivery,
  again: Delivery,
  all: readonly Delivery[],
  disruptions: readonly Disruption[],
): boolean {
  const movedOnMs = all.find(({ first }) => first >= before.end)?.gotMs ?? Infinity;
  return disruptions.some(
    ({ atMs, healedMs }) => atMs < movedOnMs && atMs < again.gotMs && again.gotMs < healedMs + GRACE_MS,
  );
}
