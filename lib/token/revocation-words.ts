import { counted } from "@/lib/counted";
import type { RevocationDto } from "./schema";

/** Client-safe: how a revocation went, in words. */

/** How a change got around, as far as it was recorded. */
export type SpreadFacts = Pick<RevocationDto, "confirmedBy" | "processes" | "waitedMs">;

/** `6 ms`, `1.1 s`. */
function span(ms: number): string {
  if (ms < 1) return "less than 1 ms";
  return ms < 999.5 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/**
 * Who confirmed, and how long that took: `3 of 3 processes, in 6 ms`. One that did not confirm has lost its lease, and
 * with it the right to use what it had cached. Null where no process cached anything: there was nobody to wait for.
 */
export function spreadWords({ confirmedBy, processes, waitedMs }: SpreadFacts): string | null {
  if (processes === 0) return null;
  const of = `${confirmedBy} of ${counted(processes, "process", "processes")}`;
  const silent = processes - confirmedBy;
  if (silent <= 0) return `${of}, in ${span(waitedMs)}`;
  const others = silent === 1 ? "the lease of the other ended" : `the leases of the other ${silent} ended`;
  return `${of} confirmed, ${processes === 1 ? "its lease ended" : others}, in ${span(waitedMs)}`;
}

/**
 * What a revocation answers, told to whoever made it: that it is in force everywhere is said only where it is.
 * `many`: it was of all tokens of something, and how many there were is told.
 */
export function revocationWords(revocation: RevocationDto, { many = false }: { many?: boolean } = {}): string {
  const { revoked, complete } = revocation;
  if (revoked === 0) return many ? "No live token was left to revoke" : "It had ended before";
  const what = many ? `Revoked ${counted(revoked, "token")}` : "Revoked";
  if (!complete) return `${what}; not every process has confirmed yet`;
  const spread = spreadWords(revocation);
  return `${what}: refused everywhere${spread ? `, ${spread}` : ""}`;
}
