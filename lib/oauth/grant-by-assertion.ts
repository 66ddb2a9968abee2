import "server-only";
import { db, queryAlone } from "@/lib/db";
import { defineVerb } from "@/lib/verb";
import type { Assertion } from "./assertion";
import { insertAccessToken, lockIssuance, requireOwn, type NewAccessToken } from "./issue";
import { defaultScopes, type ResourceServerRow } from "./resource";
import { scopesNow } from "./scopes-now";

/** The active person whose account at the issuer that is; null where nobody's is linked. */
export async function personOf({ issuer, subject }: Assertion): Promise<string | null> {
  const found = await db().personIdentity.findUnique({
    where: { issuer_subject: { issuer, subject } },
    select: { person: { select: { id: true, status: true } } },
  });
  return found?.person.status === "active" ? found.person.id : null;
}

/**
 * What of the server's scopes the assertion, and what the client asks for beside it, leave; never more than the person's roles give,
 * and the admins agree to for this agent.
 */
export async function scopesFor(
  { personId, agentId }: { personId: string; agentId: string },
  server: ResourceServerRow,
  { scopes }: Assertion,
  asked: readonly string[],
): Promise<string[]> {
  const allowed = scopes ?? (asked.length > 0 ? asked : defaultScopes(server));
  const wanted = server.scopes
    .map(({ name }) => name)
    .filter((name) => allowed.includes(name) && (asked.length === 0 || asked.includes(name)));
  const terms = { personId, agentId, serverId: server.id, grantId: null, parentId: null, scopes: wanted };
  const { names } = await scopesNow(queryAlone, terms);
  return wanted.filter((name) => names.has(name));
}

/**
 * What a trusted identity provider's word gives an agent (ID-JAG): a grant of its person's that ends with the one access token that hangs from it.
 * Throws `forbidden` as `issueAccessToken` does.
 */
export const grantByAssertion = defineVerb(
  {
    action: "oauth.issue",
    permission: "oauth.issue",
    target: ({ token }: { token: NewAccessToken; issuer: string }) => ({ kind: "agent", id: token.agentId }),
  },
  async (scope, { token, issuer }): Promise<void> => {
    const { ctx, tx, record } = scope;
    requireOwn(ctx, token.agentId);
    const { grantId: id, personId, agentId, serverId } = token;
    if (id === null || personId === null) throw new Error("an assertion is of somebody");
    const scopes = await tx.scope.findMany({
      where: { serverId, name: { in: [...token.scopes] } },
      select: { id: true },
    });
    await tx.oauthGrant.create({
      data: {
        ...{ id, personId, agentId, serverId, ip: ctx.source.ip, userAgent: ctx.source.userAgent },
        createdAt: new Date(token.issuedAtSeconds * 1000),
        expiresAt: new Date(token.expiresAtSeconds * 1000),
        scopes: { create: scopes.map((one) => ({ scopeId: one.id })) },
      },
    });
    const parties = await lockIssuance(scope.query, token);
    record({
      action: "grant.give",
      outcome: "success",
      target: { kind: "grant", id, name: parties.agent.name },
      ...parties,
      requiredScopes: token.scopes,
      details: { by: "identity assertion", issuer },
    });
    await insertAccessToken(scope, token, parties, "oauth.issue");
  },
);
