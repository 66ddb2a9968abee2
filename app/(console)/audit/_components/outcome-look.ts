import { OUTCOMES, type Outcome } from "@/lib/audit/catalogue";
import type { HistogramBucket } from "@/lib/audit/histogram";

/** Client-safe: how outcomes are drawn and told in the histogram. */

export const OUTCOME_LOOK: Record<Outcome, { words: string; fill: string }> = {
  allow: { words: "allowed", fill: "bg-control" },
  success: { words: "done", fill: "bg-allow-solid" },
  failure: { words: "failed", fill: "bg-expiring-solid" },
  denied: { words: "refused", fill: "bg-rotating-solid" },
  deny: { words: "denied", fill: "bg-deny-solid" },
};

/** From the top of a bar down: what was refused stands on the baseline. */
export const STACK: readonly Outcome[] = ["allow", "success", "failure", "denied", "deny"];

const whole = new Intl.NumberFormat("en-US");

/** A bucket's counts in words. */
export function countWords({ total, outcomes }: HistogramBucket): string {
  const each = OUTCOMES.filter((outcome) => outcomes[outcome]).map(
    (outcome) => `${whole.format(outcomes[outcome] ?? 0)} ${OUTCOME_LOOK[outcome].words}`,
  );
  return total === 0 ? "no entries" : each.join(", ");
}

/** A time to the minute. */
export const shortTime = (iso: string | undefined): string => (iso ?? "").slice(0, 16).replace("T", " ");
