import { counted } from "@/lib/counted";
import type { SavedSearchDto } from "@/lib/saved-search/schema";

/** Client-safe: what is said of a saved search. */

/** So long in words: whole hours, else minutes. */
function span(seconds: number): string {
  const [amount, unit] = seconds % 3600 === 0 ? [seconds / 3600, "hour"] : [seconds / 60, "minute"];
  return amount === 1 ? `a${unit === "hour" ? "n" : ""} ${unit}` : counted(amount, unit);
}

/** Who sees a search, and when it tells whom. */
export function alertWords({ alert, shared, owner }: Pick<SavedSearchDto, "alert" | "shared" | "owner">): string {
  const seen = shared ? `Shared by ${owner.name}` : "Kept private";
  if (alert === null) return seen;
  const entries = alert.threshold === 1 ? "an entry matches" : `${alert.threshold} entries match`;
  const within = alert.threshold === 1 ? "" : ` within ${span(alert.windowSeconds)}`;
  return `${seen}. Tells ${shared ? "the admins" : owner.name} when ${entries}${within}, at most once in ${span(alert.windowSeconds)}`;
}
