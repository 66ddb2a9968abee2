import "server-only";
import { concernedBy, type Concerned } from "@/lib/audit/body";
import type { EntryDraft } from "@/lib/audit/entry";
import type { WindowState } from "@/lib/limit/sliding-window";
import type { Decision, Facts, ServerFacts, TokenFacts } from "./decide";

/** One call, decided: what the answer and the entry are made of. */
export type Judged = {
  facts: Facts;
  decision: Decision;
  rateLimit: WindowState | null;
  auditId: string;
};

/** The token, where it is known and for the server that asks; else null: then the caller learns nothing of it. */
export function ownToken(facts: Facts): TokenFacts | null {
  return typeof facts.token !== "string" && facts.token.forServer ? facts.token : null;
}

/** What is said of a token on a server, in the answer and in the entry, while it has these scopes. */
type Said = { server: ServerFacts; scopes: readonly string[]; answer: string; concerned: Concerned };

/**
 * Cached facts come back as the same objects and never change: then what is said of them is kept. Not the first time: most of
 * many tokens are asked about once, and their words weigh more than their facts.
 */
const said = new WeakMap<TokenFacts, Said | "once">();

function sayOf(token: TokenFacts, server: ServerFacts, scopes: readonly string[]): Said {
  const before = said.get(token);
  if (before !== undefined && before !== "once" && before.server === server && before.scopes === scopes) return before;
  const now = { server, scopes, answer: answerOf(token, server, scopes), concerned: concernsOf(token, server, scopes) };
  said.set(token, before === undefined ? "once" : now);
  return now;
}

/** The part of an answer that is the same each time: the fields `token` to `expiresAt`. */
function answerOf(token: TokenFacts, server: ServerFacts, scopes: readonly string[]): string {
  const { person, agent } = token;
  const fields = {
    token: { id: token.id, kind: token.kind === "oauth" ? "oauth" : "static", name: token.name },
    person: person && { id: person.id, email: person.email },
    agent: agent && { id: agent.id, name: agent.name },
    server: { id: server.id, resource: server.resource },
    role: token.role.name,
    scopes,
    expiresAt: Math.floor(token.expiresAtSeconds),
  };
  return JSON.stringify(fields).slice(1, -1);
}

function concernsOf(token: TokenFacts, server: ServerFacts, scopes: readonly string[]): Concerned {
  const { id, kind, name, masked, person, agent, role, oauth } = token;
  const actors = oauth && oauth.actors.length > 1 ? oauth.actors : undefined;
  return concernedBy({
    target: { kind: "token", id, name },
    credential: { id, kind, name, masked, scopes, actors },
    person,
    agent,
    server,
    role: role.id === null ? null : { id: role.id, name: role.name },
  });
}

/** What the caller is told: the JSON text of what `validateAnswerSchema` describes. */
export function answerText({ facts, decision, rateLimit, auditId }: Judged): string {
  const token = ownToken(facts);
  if (!token) {
    const reason = facts.token === "malformed" ? "malformed" : "unknown_token";
    return `{"active":false,"decision":"deny","reason":"${reason}","auditId":"${auditId}"}`;
  }
  return (
    `{"active":${decision.active},"decision":"${decision.decision}","reason":"${decision.reason}",` +
    `${sayOf(token, facts.server, decision.scopes).answer},"missingScopes":${JSON.stringify(decision.missingScopes)},` +
    `"rateLimit":${rateLimitText(rateLimit)},"auditId":"${auditId}"}`
  );
}

const rateLimitText = (state: WindowState | null): string =>
  state ? `{"limit":${state.limit},"remaining":${state.remaining},"resetAt":${state.resetAtSeconds}}` : "null";

/**
 * Whom a decision about a token concerns. Of an unknown or malformed token nothing is said, not even its last
 * characters.
 */
export function concernedByDecision({ facts, decision }: Judged): Concerned {
  return typeof facts.token === "string"
    ? concernedBy({ server: facts.server })
    : sayOf(facts.token, facts.server, decision.scopes).concerned;
}

/** The part of an entry that a decision about a token gives, with the true reason. */
export function decisionDraft({ decision, auditId }: Judged): Omit<EntryDraft, "action"> {
  return {
    id: auditId,
    outcome: decision.decision,
    reason: decision.reason,
    requiredScopes: decision.requiredScopes,
    missingScopes: decision.missingScopes,
  };
}
