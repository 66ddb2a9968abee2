import type { EntryDraft } from "@/lib/audit/entry";
import type { WindowState } from "@/lib/limit/sliding-window";
import type { Decision, Facts, TokenFacts } from "./decide";
import type { ValidateAnswer } from "./schema";

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

/** What the caller is told. */
export function toAnswer({ facts, decision, rateLimit, auditId }: Judged): ValidateAnswer {
  const token = ownToken(facts);
  if (!token) {
    const reason = facts.token === "malformed" ? "malformed" : "unknown_token";
    return { active: false, decision: "deny", reason, auditId };
  }
  return {
    active: decision.active,
    decision: decision.decision,
    reason: decision.reason,
    token: { id: token.id, kind: "static", name: token.name },
    person: token.person && { id: token.person.id, email: token.person.email },
    agent: token.agent && { id: token.agent.id, name: token.agent.name },
    server: { id: facts.server.id, resource: facts.server.resource },
    role: token.role.name,
    scopes: [...decision.scopes],
    missingScopes: [...decision.missingScopes],
    expiresAt: Math.floor(token.expiresAtSeconds),
    rateLimit: rateLimit && {
      limit: rateLimit.limit,
      remaining: rateLimit.remaining,
      resetAt: rateLimit.resetAtSeconds,
    },
    auditId,
  };
}

type Said = Required<Pick<EntryDraft, "target" | "credential">>;

/** What entries say of a token. Cached facts come back as the same object: then so does this, and is put into words once. */
const said = new WeakMap<TokenFacts, Said>();

function sayOf(token: TokenFacts, scopes: readonly string[]): Said {
  const before = said.get(token);
  if (before?.credential?.scopes === scopes) return before;
  const { id, kind, name, masked } = token;
  const now: Said = {
    target: Object.freeze({ kind: "token", id, name }),
    credential: Object.freeze({ id, kind, name, masked, scopes }),
  };
  said.set(token, now);
  return now;
}

/**
 * The part of an entry that a decision about a token gives, with the true reason. Nothing of an unknown or malformed
 * token stands in it, not even its last characters.
 */
export function decisionDraft({ facts, decision, auditId }: Judged): Omit<EntryDraft, "action"> {
  const token = typeof facts.token === "string" ? null : facts.token;
  return {
    id: auditId,
    outcome: decision.decision,
    reason: decision.reason,
    ...(token && sayOf(token, decision.scopes)),
    person: token?.person,
    agent: token?.agent,
    server: facts.server,
    role: token?.role,
    requiredScopes: decision.requiredScopes,
    missingScopes: decision.missingScopes,
  };
}
