import "server-only";
import type { Ctx } from "@/lib/ctx";
import type { Tx } from "@/lib/db";
import { GatehouseError } from "@/lib/errors";
import { hashCredential } from "@/lib/token/hash";
import { lastFour } from "@/lib/token/format";
import { defineVerb, type VerbScope } from "@/lib/verb";
import { heldScopes } from "./held";

/** An access token that is about to be told to its client. Times in Unix seconds. */
export type NewAccessToken = {
  /** Its `jti`. */
  id: string;
  /** What the client gets; only its keyed hash is kept. */
  value: string;
  format: "jwt" | "opaque";
  agentId: string;
  /** Null where the agent acts in its own name. */
  personId: string | null;
  serverId: string;
  grantId: string | null;
  scopes: readonly string[];
  /** The only tools that it opens; null where its scopes say that. */
  tools: readonly string[] | null;
  jkt: string | null;
  parentId: string | null;
  actors: readonly string[];
  issuedAtSeconds: number;
  expiresAtSeconds: number;
  /** The grant type by which it came about (RFC 6749 §4). */
  grantType: string;
};

type Locked = { name: string; status: string };

const at = (seconds: number): Date => new Date(seconds * 1000);

/**
 * Everybody concerned, locked against changes until this is committed. Throws `forbidden` where one of them may have no
 * token now: whoever ends something here never finds a token that was issued a moment later.
 */
export async function lockIssuance(
  tx: Tx,
  terms: Pick<NewAccessToken, "agentId" | "personId" | "serverId" | "grantId"> & {
    /** Whom the grant was given to, where another agent acts through that one. */
    grantAgentId?: string;
  },
) {
  // One statement: each row is locked where it stands, and all are read at one moment.
  const [found] = await tx.$queryRaw<
    { agent: Locked | null; person: Locked | null; server: Locked | null; live: boolean | null }[]
  >`
    WITH a AS (SELECT name, status::text AS status FROM agent WHERE id = ${terms.agentId} FOR SHARE),
      p AS (SELECT name, status::text AS status FROM person WHERE id = ${terms.personId} FOR SHARE),
      s AS (SELECT name, status::text AS status FROM mcp_server WHERE id = ${terms.serverId} AND NOT builtin FOR SHARE),
      g AS (SELECT g.revoked_at IS NULL AND g.expires_at > clock_timestamp() AND coalesce((
          SELECT clock_timestamp() <= greatest(g.created_at, u.last_used_at) + make_interval(secs => c.idle_timeout_seconds + 30)
          FROM oauth_client c LEFT JOIN grant_activity u ON u.grant_id = g.id
          WHERE c.agent_id = g.agent_id AND c.idle_timeout_seconds IS NOT NULL), true) AS live
        FROM oauth_grant g
        WHERE g.id = ${terms.grantId} AND g.agent_id = ${terms.grantAgentId ?? terms.agentId} AND g.person_id = ${terms.personId} AND g.server_id = ${terms.serverId}
        FOR SHARE OF g)
    SELECT (SELECT to_json(a) FROM a) AS agent, (SELECT to_json(p) FROM p) AS person, (SELECT to_json(s) FROM s) AS server,
      (SELECT live FROM g) AS live`;
  const { agent, person, server, live } = found ?? { agent: null, person: null, server: null, live: null };
  if (agent?.status !== "active") throw refused("the agent is not active");
  if (server?.status !== "active") throw refused("the server is not active");
  if (terms.personId !== null && person?.status !== "active") throw refused("the person is not active");
  if ((terms.personId !== null || terms.grantId !== null) && !live) throw refused("the grant has ended");
  return {
    agent: { id: terms.agentId, name: agent.name },
    person: terms.personId !== null && person ? { id: terms.personId, name: person.name } : null,
    server: { id: terms.serverId, name: server.name },
  };
}

const refused = (internal: string) => new GatehouseError("forbidden", { internal });

/** The scopes that may be issued now: of those asked for, what the grant (a machine's roles) gives. */
async function issuable(tx: Tx, { grantId, agentId, serverId, scopes }: NewAccessToken): Promise<ReadonlySet<string>> {
  if (grantId !== null) {
    const given = await tx.oauthGrantScope.findMany({
      where: { grantId },
      select: { scope: { select: { name: true } } },
    });
    return new Set(given.map(({ scope }) => scope.name));
  }
  const offered = await tx.scope.findMany({ where: { serverId, name: { in: [...scopes] } } });
  const held = await heldScopes(tx, { agentId }, { id: serverId, scopes: offered });
  return new Set(held.map(({ name }) => name));
}

/** Writes an access token's row and entry. The caller has locked whom it concerns (`lockIssuance`). */
export async function insertAccessToken(
  { tx, record }: Pick<VerbScope, "tx" | "record">,
  token: NewAccessToken,
  parties: Awaited<ReturnType<typeof lockIssuance>>,
  action: "oauth.issue" | "oauth.refresh" | "oauth.exchange",
): Promise<void> {
  const may = await issuable(tx, token);
  const beyond = token.scopes.filter((scope) => !may.has(scope));
  if (beyond.length > 0) throw refused(`not given: ${beyond.join(" ")}`);
  const masked = token.format === "opaque" ? `gth_at_…${lastFour(token.value)}` : `JWT ${token.id}`;
  await tx.accessToken.create({
    data: {
      id: token.id,
      hash: hashCredential(token.value).hash,
      format: token.format,
      lastFour: lastFour(token.value),
      agentId: token.agentId,
      personId: token.personId,
      serverId: token.serverId,
      grantId: token.grantId,
      scopes: [...token.scopes],
      declared: token.tools !== null,
      tools: [...(token.tools ?? [])],
      jkt: token.jkt,
      parentId: token.parentId,
      actors: [...token.actors],
      issuedAt: at(token.issuedAtSeconds),
      expiresAt: at(token.expiresAtSeconds),
    },
  });
  record({
    action,
    outcome: "success",
    target: { kind: "token", id: token.id, name: parties.agent.name },
    credential: { id: token.id, kind: "oauth", name: parties.agent.name, masked, scopes: token.scopes },
    ...parties,
    details: {
      grantType: token.grantType,
      grantId: token.grantId,
      expiresAt: at(token.expiresAtSeconds).toISOString(),
      ...(token.tools ? { tools: token.tools } : {}),
      ...(token.jkt ? { senderConstrained: "dpop" } : {}),
      ...(token.parentId ? { exchangedFor: token.parentId, actors: token.actors } : {}),
    },
  });
}

/**
 * Issues an access token to the client that asks (`Actor` of kind `agent`). Throws `forbidden` where agent, person, server or
 * grant are not live, or the scopes exceed what was given; that is recorded.
 */
export const issueAccessToken = defineVerb(
  {
    action: "oauth.issue",
    permission: "oauth.issue",
    target: (token: NewAccessToken) => ({ kind: "agent", id: token.agentId }),
  },
  async (scope, token): Promise<void> => {
    requireOwn(scope.ctx, token.agentId);
    const parties = await lockIssuance(scope.tx, token);
    await insertAccessToken(scope, token, parties, "oauth.issue");
  },
);

/** An agent gets tokens for itself alone. */
export function requireOwn(ctx: Ctx, agentId: string): void {
  if (ctx.actor.kind !== "agent" || ctx.actor.agentId !== agentId) throw refused("a token for another agent");
}
