import type { AuditEntryDto } from "@/lib/audit/schema";
import type { Tone } from "@/components/ui/badge";

/** Client-safe: how entries are told. */

const OUTCOME_TONE: Record<AuditEntryDto["outcome"], Tone> = {
  allow: "allow",
  success: "allow",
  deny: "deny",
  denied: "deny",
  failure: "deny",
};

/** The tone of an outcome. */
export function outcomeTone(outcome: AuditEntryDto["outcome"]): Tone {
  return OUTCOME_TONE[outcome];
}

/**
 * Who did it, in words: a name, else an id, else what kind of actor. Who signs in is not signed in yet: where it
 * succeeded that is the entry's person, and where it did not, it was somebody who gave that person's name.
 */
export function actorWords({ actor, person, outcome }: Pick<AuditEntryDto, "actor" | "person" | "outcome">): string {
  if (actor.kind !== "anonymous") return actor.name ?? actor.id ?? actor.kind;
  if (!person) return "nobody signed in";
  const name = person.name ?? person.id;
  return outcome === "success" ? name : `somebody as ${name}`;
}

/** What it was about, in a few words: the tool on its server, the thing that was changed, or the credential. */
export function subjectWords(entry: AuditEntryDto): string {
  const on = entry.server ? (entry.server.name ?? entry.server.id) : null;
  if (entry.tool) return on ? `${entry.tool} on ${on}` : entry.tool;
  // A session has no name of its own; whose it is tells more than its id.
  if (entry.target?.kind === "session" && entry.person) return entry.person.name ?? entry.person.id;
  if (entry.target?.kind === "grant" && entry.agent) return grantWords(entry, entry.agent);
  if (entry.target?.kind === "secret" && entry.agent)
    return `${entry.credential?.masked ?? entry.target.id} of ${entry.agent.name ?? entry.agent.id}`;
  if (entry.target) return entry.target.name ?? entry.target.id;
  return on ?? entry.credential?.name ?? entry.credential?.id ?? "";
}

/** A consent has no name of its own: who may act for whom, where. */
function grantWords({ person, server }: AuditEntryDto, agent: { id: string; name: string | null }): string {
  const [forWhom, on] = [person, server].map((thing) => (thing ? (thing.name ?? thing.id) : null));
  return [agent.name ?? agent.id, forWhom ? `for ${forWhom}` : null, on ? `on ${on}` : null].filter(Boolean).join(" ");
}

/** The time of a row: UTC to the millisecond, the day apart. */
export function rowTime(iso: string): { day: string; time: string } {
  return { day: iso.slice(0, 10), time: iso.slice(11, 23) };
}
