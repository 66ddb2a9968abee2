import { counted } from "@/lib/counted";
import type { ConsentRequest } from "@/lib/oauth/schema";

/** Client-safe: how long access lasts, as people say it. */

const UNITS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
] as const;

/** A span in whole words, never longer than it is: `30 days`, `1 day and 12 hours`, `365 days`. */
export function spanInWords(seconds: number): string {
  const nth = UNITS.findIndex(([, size]) => seconds >= size);
  const parts: string[] = [];
  let rest = Math.floor(seconds);
  for (const [unit, size] of UNITS.slice(nth === -1 ? UNITS.length - 1 : nth).slice(0, 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0 || parts.length === 0) parts.push(counted(count, unit));
  }
  return parts.join(" and ");
}

/** What the person reads before they allow it. */
export function lifetimeInWords({ keepsAccess, lasts }: Pick<ConsentRequest, "keepsAccess" | "lasts">): string {
  const { atMostSeconds, unusedSeconds } = lasts;
  const unused = unusedSeconds < atMostSeconds ? `${spanInWords(unusedSeconds)} without use` : null;
  if (!keepsAccess)
    return `Its access ends after ${spanInWords(atMostSeconds)}${unused ? `, or ${unused}` : ""}, and it asks again.`;
  return (
    "It keeps this access until you end it, under Account, Connected agents: " +
    `at most ${spanInWords(atMostSeconds)}${unused ? `, and ${unused}` : ""}.`
  );
}
