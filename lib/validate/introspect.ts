import "server-only";
import { prepareEntry, type EntryDraft } from "@/lib/audit/entry";
import { requirePermission } from "@/lib/authz/require";
import { env } from "@/lib/env";
import { uuidV7 } from "@/lib/id";
import { actClaim } from "@/lib/oauth/act";
import { detailsOf } from "@/lib/oauth/declared-tools";
import type { Caller, ServerCtx } from "./authenticate";
import { decide, type Facts } from "./decide";
import { withFacts } from "./facts";
import type { Introspection } from "./introspect-schema";
import { concernedByDecision, decisionDraft, ownToken } from "./present";
import { runtime } from "./runtime";

/** What is asked: the token, and where its bearer is, as far as the server tells (RFC 7662 §2.1 allows such context). */
export type IntrospectInput = { token: string; clientIp?: string };

/**
 * RFC 7662. Answers after the question is recorded. A token that is not active, or not for the asking server, is
 * `{ active: false }` and nothing else (§2.2). Whoever introspects decides by `active` alone, so here it means that a
 * call may go ahead: a token with an address list is active only for a `clientIp` on it. Rate limits count validated
 * calls, not introspections. Throws `unavailable` as `validateCalls` does.
 */
export async function introspect(caller: Caller, input: IntrospectInput): Promise<Introspection> {
  const { ctx, asking } = caller;
  requirePermission(ctx, "token.validate");
  const startedMs = performance.now();
  return withFacts(asking, [{ token: input.token }], ([facts]) => settle(ctx, input, facts as Facts, startedMs));
}

/** Decides by the facts, and answers once that is recorded. */
async function settle(ctx: ServerCtx, input: IntrospectInput, facts: Facts, startedMs: number): Promise<Introspection> {
  // Who introspects checks the proof itself, against the `cnf` that it is told (RFC 9449 §6.2).
  const boundTo = typeof facts.token === "string" ? undefined : (facts.token.oauth?.jkt ?? undefined);
  const decision = decide(facts, { clientIp: input.clientIp, boundTo }, ctx.nowSeconds());
  const judged = { facts, decision, rateLimit: null, auditId: uuidV7() };
  const draft: EntryDraft = {
    action: "token.introspect",
    ...decisionDraft(judged),
    clientIp: input.clientIp,
    durationMs: Math.round((performance.now() - startedMs) * 1000) / 1000,
  };
  const entry = prepareEntry(ctx, draft, concernedByDecision(judged));
  await runtime().recorder.record([entry]);
  const token = ownToken(facts);
  if (!token || decision.decision === "deny") return { active: false };
  return {
    active: true,
    scope: decision.scopes.join(" "),
    client_id: token.oauth?.clientId ?? token.agent?.id,
    username: token.person?.email,
    token_type: boundTo === undefined ? "Bearer" : "DPoP",
    exp: Math.floor(token.expiresAtSeconds),
    iat: Math.floor(token.issuedAtSeconds),
    nbf: Math.ceil(token.notBeforeSeconds ?? token.issuedAtSeconds),
    sub: token.person?.id ?? token.agent?.id,
    aud: facts.server.resource,
    iss: env().GATEHOUSE_URL,
    jti: token.id,
    ...(boundTo === undefined ? {} : { cnf: { jkt: boundTo } }),
    ...(token.oauth?.tools ? { authorization_details: detailsOf(token.oauth.tools) } : {}),
    ...(token.oauth?.authTimeSeconds ? { auth_time: token.oauth.authTimeSeconds } : {}),
    ...(token.oauth?.acr ? { acr: token.oauth.acr } : {}),
    ...(token.oauth?.actors.length ? { act: actClaim(token.oauth.actors) } : {}),
  };
}
