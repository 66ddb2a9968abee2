import "server-only";
import { ownPersonId, requireRecentAuthentication } from "@/lib/authz/require";
import { nowDate, type Ctx } from "@/lib/ctx";
import type { Tx } from "@/lib/db";
import { fieldError, GatehouseError } from "@/lib/errors";
import { longestLifetimeSeconds } from "@/lib/policy/lifetime";
import { defineVerb } from "@/lib/verb";
import { effectiveScopes } from "./effective";
import { requireNoEscalation } from "./escalation";
import { lastFour } from "./format";
import { requireTheirs } from "./get";
import { describeCredential, describeTerms, insertToken, type NewToken } from "./insert";
import { lockParties, type Parties } from "./parties";
import { loadTokens } from "./rows";
import type { RotatedTokenDto, RotateTokenInput } from "./schema";
import { lifetimePolicy } from "./terms";

const readToken = (tx: Tx, id: string) =>
  tx.token.findUnique({
    where: { id },
    include: {
      servers: { select: { serverId: true }, orderBy: { serverId: "asc" } },
      scopes: { select: { serverId: true, scope: { select: { name: true } } } },
      successor: { select: { id: true } },
    },
  });
type TokenRow = NonNullable<Awaited<ReturnType<typeof readToken>>>;

/** Throws `not_live` where the token has ended, `already_rotated` where it has a successor. */
function requireRotatable(token: TokenRow, now: Date): void {
  if (token.revokedAt) throw new GatehouseError("not_live", { detail: "This token is revoked. Mint a new one." });
  if (token.successor) throw new GatehouseError("already_rotated", { detail: "Rotate its successor instead." });
  if (token.expiresAt <= now || (token.retiresAt && token.retiresAt <= now))
    throw new GatehouseError("not_live", { detail: "This token has expired. Mint a new one." });
}

/** A successor is a new secret: nobody gets one whose holder could not be minted for. */
function requireLiveHolder({ person, agent, role, roleHeld }: Parties): void {
  if (person?.suspended) throw new GatehouseError("holder_inactive", { detail: "The token's person is suspended." });
  if (agent?.suspended) throw new GatehouseError("holder_inactive", { detail: "The token's agent is suspended." });
  if (!roleHeld || !role || role.archived)
    throw new GatehouseError("role_not_held", { detail: "The token's holder does not hold its role any more." });
}

/**
 * The same terms again. The life is as long as the predecessor's was, counted from now, and never above today's policy;
 * a `notBefore` that has passed is dropped.
 */
function succeed(token: TokenRow, parties: Parties, now: Date): NewToken {
  const ownOn = (serverId: string) =>
    token.scopes.filter((own) => own.serverId === serverId).map(({ scope }) => scope.name);
  const longest = longestLifetimeSeconds(lifetimePolicy(parties, [...parties.servers.values()]));
  const lifetimeMs = Math.min(token.expiresAt.getTime() - token.createdAt.getTime(), longest * 1000);
  const expiresAt = new Date(now.getTime() + lifetimeMs);
  const notBefore = token.notBefore && token.notBefore > now ? token.notBefore : null;
  if (notBefore && notBefore >= expiresAt)
    throw fieldError("expiry_beyond_policy", "notBefore", "The policy ends the successor before it would begin.");
  return {
    name: token.name,
    note: token.note,
    kind: token.kind,
    personId: token.personId,
    agentId: token.agentId,
    roleId: token.roleId,
    servers: token.servers.map(({ serverId }) => ({ serverId, scopes: token.narrowed ? ownOn(serverId) : null })),
    expiresAt,
    notBefore,
    allowedCidrs: token.allowedCidrs,
    rateLimit:
      token.rateLimit !== null && token.rateWindowSeconds !== null
        ? { limit: token.rateLimit, windowSeconds: token.rateWindowSeconds }
        : null,
    predecessor: { id: token.id, familyId: token.familyId, generation: token.generation },
  };
}

/** What an admin token may do now must not exceed what the actor may, who is about to see its successor's secret. */
function requireNoEscalationBy(ctx: Ctx, terms: NewToken, parties: Parties): void {
  if (terms.kind !== "adm") return;
  const scopes = terms.servers.flatMap(({ serverId, scopes: narrowed }) => {
    const server = parties.servers.get(serverId);
    return server ? effectiveScopes({ ...server, kind: terms.kind, narrowed }) : [];
  });
  requireNoEscalation(ctx, scopes, parties.person);
}

/**
 * Issues a successor with the same terms. The predecessor ends after the overlap, or at its own expiry where that is
 * sooner; an overlap of 0 ends it at once. Whoever rotates the token of somebody else has proved their identity lately.
 * Errors: `token_not_found` (also where it is not theirs), `not_live`, `already_rotated`, `holder_inactive`,
 * `role_not_held`, `expiry_beyond_policy`, `forbidden` (an admin token that may do more than the actor),
 * `reauthentication_required`.
 */
export const rotateToken = defineVerb(
  {
    action: "token.rotate",
    permission: ["token.rotate", "token.rotate.own"],
    target: (input: RotateTokenInput) => ({ kind: "token", id: input.tokenId }),
  },
  async ({ ctx, tx, record, narrow }, input): Promise<RotatedTokenDto> => {
    // Whom it is for never changes, so it may be read before the parties are locked, and they before the token.
    const unlocked = await readToken(tx, input.tokenId);
    requireTheirs(ctx, "token.rotate", unlocked);
    if (!unlocked) throw new GatehouseError("token_not_found");
    if (unlocked.personId === null || unlocked.personId !== ownPersonId(ctx)) requireRecentAuthentication(ctx);
    const parties = await lockParties(tx, {
      ...unlocked,
      serverIds: unlocked.servers.map(({ serverId }) => serverId),
    });
    await tx.$executeRaw`SELECT 1 FROM token WHERE id = ${input.tokenId} FOR UPDATE`;
    const token = await readToken(tx, input.tokenId);
    if (!token) throw new GatehouseError("token_not_found");
    const now = nowDate(ctx);
    requireRotatable(token, now);
    requireLiveHolder(parties);
    const terms = succeed(token, parties, now);
    requireNoEscalationBy(ctx, terms, parties);

    const { id, secret } = await insertToken(ctx, tx, terms);
    const retiresAt = new Date(Math.min(token.expiresAt.getTime(), now.getTime() + input.overlapSeconds * 1000));
    await tx.token.update({ where: { id: token.id }, data: { retiresAt } });
    const { person, agent, role } = parties;
    const servers = [...parties.servers.values()];
    const fact = { action: "token.rotate", outcome: "success", person, agent, role, servers } as const;
    record({
      ...fact,
      target: { kind: "token", id: token.id, name: token.name },
      credential: describeCredential(token),
      changes: [{ field: "retiresAt", before: null, after: retiresAt.toISOString() }],
      details: { successorId: id, overlapSeconds: input.overlapSeconds },
    });
    record({
      ...fact,
      target: { kind: "token", id, name: terms.name },
      credential: describeCredential({ id, name: terms.name, kind: terms.kind, lastFour: lastFour(secret) }),
      changes: describeTerms(terms),
      details: { predecessorId: token.id },
    });
    const [successor, predecessor] = await loadTokens(tx, [id, token.id], ctx.nowSeconds());
    if (!successor || !predecessor) throw new Error("the tokens just rotated are not there");
    await narrow([{ kind: "token", id: token.id }]);
    return { ...successor, token: secret, predecessor };
  },
);
