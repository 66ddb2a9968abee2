/** Client-safe: a span as a form holds it. */

/** The units of a span, largest first. */
export const SPAN_UNITS = [
  { unit: "days", seconds: 86_400 },
  { unit: "hours", seconds: 3600 },
  { unit: "minutes", seconds: 60 },
  { unit: "seconds", seconds: 1 },
] as const;
export type SpanUnit = (typeof SPAN_UNITS)[number]["unit"];

/** What is typed: digits or nothing, and a unit. */
export type SpanDraft = { amount: string; unit: SpanUnit };

/** A span in the largest unit that tells it exactly. */
export function toSpanDraft(seconds: number | null): SpanDraft {
  if (seconds === null) return { amount: "", unit: "days" };
  const exact = SPAN_UNITS.find((each) => seconds % each.seconds === 0) ?? { unit: "seconds", seconds: 1 };
  return { amount: String(seconds / exact.seconds), unit: exact.unit };
}

/** The span in seconds; null where nothing is typed. */
export function fromSpanDraft({ amount, unit }: SpanDraft): number | null {
  if (amount === "") return null;
  return Number(amount) * (SPAN_UNITS.find((each) => each.unit === unit)?.seconds ?? 1);
}
