import { BADGE_KINDS } from "../badges/catalogue";
import { AUDIT_ACTION_NAMES } from "../schema";
import { OUTCOMES } from "../catalogue";
import { OPERATION_NAMES } from "./operations";

/** Who an actor can be. */
export const ACTOR_KINDS = ["person", "token", "agent", "server", "system", "anonymous"] as const;

/**
 * How a qualifier's values are read: `name` an id or a part of a name, `code` an exact text or one with `*` at an end, `choice` a
 * code out of a list, and what the others say.
 */
type Reading = "name" | "code" | "choice" | "ip" | "time" | "integer" | "milliseconds";

type Described = {
  reading: Reading;
  /** One line for people: what it finds. */
  help: string;
  example: string;
  /** Other names that mean the same. */
  aliases?: readonly string[];
  /** Of a `choice`: all there are. */
  choices?: readonly string[];
};

/** Every qualifier there is. Names are GitHub's where GitHub has one. */
export const QUALIFIERS = {
  action: {
    reading: "choice",
    help: "What was done",
    example: "action:token.*",
    choices: AUDIT_ACTION_NAMES,
  },
  operation: {
    reading: "choice",
    help: "What kind of act it was",
    example: "operation:create,remove",
    choices: OPERATION_NAMES,
  },
  outcome: {
    reading: "choice",
    help: "How it ended",
    example: "outcome:deny,denied",
    choices: OUTCOMES,
  },
  reason: { reading: "code", help: "Why it was refused or failed", example: "reason:insufficient_scope" },
  actor: {
    reading: "name",
    help: "Who did it: a person, token, agent or server; or system, anonymous",
    example: "actor:ana",
  },
  kind: { reading: "choice", help: "What the actor is", example: "kind:person", choices: ACTOR_KINDS },
  person: { reading: "name", help: "A person, as actor, holder or target", example: "person:ana@example.com" },
  agent: { reading: "name", help: "An agent, in any part", example: "agent:backfill" },
  server: { reading: "name", help: "An MCP server, in any part", example: "server:tickets" },
  token: {
    reading: "name",
    help: "A token, by id, name or last four characters",
    example: "token:gth_ro_…ab12",
    aliases: ["token_id"],
  },
  role: { reading: "name", help: "A role, as target or as what was used", example: 'role:"Support, first line"' },
  target: { reading: "name", help: "What it was done to", example: "target:srv_tickets" },
  tool: { reading: "code", help: "The tool that was called", example: "tool:close_*" },
  scope: {
    reading: "code",
    help: "A scope that was had, needed or missing",
    example: "scope:tickets:write",
  },
  credential: {
    reading: "code",
    help: "The credential's kind (static, oauth, server_key…) or id",
    example: "credential:oauth",
  },
  ip: {
    reading: "ip",
    help: "Where it came from: an address, a network, or the beginning of one",
    example: "ip:10.0.0.0/8",
    aliases: ["actor_ip"],
  },
  created: {
    reading: "time",
    help: "When it happened (UTC)",
    example: "created:2026-11-01..2026-11-07",
    aliases: ["occurred"],
  },
  duration: { reading: "milliseconds", help: "How long it took, ms", example: "duration:>500" },
  index: { reading: "integer", help: "Its place in the log", example: "index:100..200" },
  request: {
    reading: "code",
    help: "The request that it was part of",
    example: "request:req_*",
    aliases: ["request_id"],
  },
  trace: { reading: "code", help: "The trace that it was part of", example: "trace:4bf92f35*", aliases: ["trace_id"] },
  badge: { reading: "choice", help: "What strikes about it", example: "badge:revoked_use", choices: BADGE_KINDS },
  session: { reading: "code", help: "The actor's session", example: "session:ses_*", aliases: ["session_id"] },
} as const satisfies Record<string, Described>;

export type QualifierName = keyof typeof QUALIFIERS;
export const QUALIFIER_NAMES = Object.keys(QUALIFIERS) as QualifierName[];

/** What is known of a qualifier. */
export const describe = (name: QualifierName): Described => QUALIFIERS[name];

const BY_NAME: ReadonlyMap<string, QualifierName> = new Map(
  QUALIFIER_NAMES.flatMap((name) => [name, ...(describe(name).aliases ?? [])].map((each) => [each, name] as const)),
);

/** GitHub's, and others that people try, which have no counterpart here: what to write in their place. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  repo: "There are no repositories here. Use server: for an MCP server.",
  user: "Use actor: for who did it, or person: for whom it is about.",
  org: "There is one organisation here. Use person:, agent: or server:.",
  business: "There is one organisation here. Use person:, agent: or server:.",
  country: "Countries are not recorded. Use ip: with an address or a network.",
  hashed_token: "No token's hash stands in the log. Use token: with its id, name or last four characters.",
  from: "Use created:>= with a time.",
  to: "Use created:< with a time.",
  since: "Use created:>= with a time, such as created:-24h.",
  before: "Use created:< with a time.",
  after: "Use created:> with a time.",
  time: "Use created: with a time.",
  date: "Use created: with a time.",
  client: "Use agent: for an OAuth client.",
  jti: "Use token: with the token's id.",
};

/** The qualifier of that name, whatever its case and be it an alias. */
export const qualifierOf = (name: string): QualifierName | null => BY_NAME.get(name.toLowerCase()) ?? null;

/** What to do about a qualifier that is none, in one or two sentences. */
export function notAQualifier(name: string): string {
  const elsewhere = Object.hasOwn(ELSEWHERE, name.toLowerCase()) ? ELSEWHERE[name.toLowerCase()] : undefined;
  if (elsewhere !== undefined) return `There is no qualifier ${name}:. ${elsewhere}`;
  const near = nearest(name.toLowerCase(), [...BY_NAME.keys()]);
  const meant = near === null ? "" : ` Did you mean ${near}:?`;
  return `There is no qualifier ${name}:.${meant} Put text in quotation marks to search for it as it is.`;
}

/** The text of a list that is nearest to one that was mistyped; null where none is near. */
export function nearest(text: string, known: readonly string[]): string | null {
  const most = Math.max(1, Math.floor(text.length / 3));
  let best: string | null = null;
  let least = most + 1;
  for (const each of known) {
    // Who stops early, as in "act" or "token.rev", meant what begins so.
    const edits = text.length >= 3 && each.startsWith(text) ? 1 : distance(text, each);
    if (edits < least) [best, least] = [each, edits];
  }
  return best;
}

/** Levenshtein's distance. Both texts are short. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + Number(a[i - 1] !== b[j - 1])));
    row = next;
  }
  return row[b.length] ?? a.length;
}
