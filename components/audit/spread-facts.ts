import { counted } from "@/lib/counted";
import { spreadWords } from "@/lib/token/revocation-words";
import type { AuditEntryDto } from "@/lib/audit/schema";

/** Client-safe: what an entry tells of how its change got around. */

const numberOf = (value: unknown): number | null => (typeof value === "number" ? value : null);

/** The change's number, who confirmed it, and how many tokens it ended, as far as the entry holds them. */
export function spreadFacts({ body }: Pick<AuditEntryDto, "body">): { term: string; detail: string }[] {
  const details = (typeof body.details === "object" ? body.details : null) as Record<string, unknown> | null;
  if (!details) return [];
  const [seq, revoked] = [numberOf(details.seq), numberOf(details.revoked)];
  const [confirmedBy, processes, waitedMs] = [details.confirmedBy, details.processes, details.waitedMs].map(numberOf);
  const confirmed =
    confirmedBy != null && processes != null && waitedMs != null
      ? (spreadWords({ confirmedBy, processes, waitedMs }) ?? "no process had anything cached")
      : null;
  return [
    ...(revoked === null ? [] : [{ term: "Revoked", detail: counted(revoked, "token") }]),
    ...(seq === null ? [] : [{ term: "Change", detail: `number ${seq}` }]),
    ...(confirmed === null ? [] : [{ term: "Confirmed by", detail: confirmed }]),
    ...(details.urgent === true ? [{ term: "Urgent", detail: "each process refused as soon as it heard of it" }] : []),
  ];
}
