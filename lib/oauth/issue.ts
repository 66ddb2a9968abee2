import "server-only";
import type { Ctx } from "@/lib/ctx";
import type { Query } from "@/lib/db";
import { GatehouseError } from "@/lib/errors";
import { lastFour } from "@/lib/token/format";
import { hashCredential } from "@/lib/token/hash";
import { defineVerb, type VerbScope } from "@/lib/verb";
import { maskAccessToken } from "./access-token-form";
import { IDLE_SECONDS } from "./idle";
import { scopesNow } from "./scopes-now";

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
  /** When the person proved who they are, and the class of that (RFC 9470 §6); null where none did for this token. */
  authTimeSeconds: number | null;
  acr: string | null;
  /** The grant type by which it came about (RFC 6749 §4). */
  grantType: string;
};

const at = (seconds: number): Date => new Date(seconds * 1000);

/** Whom an access token concerns, locked. */
export type Parties = {
  agent: { id: string; name: string };
  person: { id: string; name: string; nameRef: string } | null;
  server: { id: string; name: string };
};

// One statement: each row is locked where it stands, and all are read at one moment.
const lock = (grantLock: "FOR SHARE" | "FOR NO KEY UPDATE") => `
  WITH a AS (SELECT name, status::text AS status FROM agent WHERE id = $1 FOR SHARE),
    p AS (SELECT name, name_ref AS "nameRef", status::text AS status FROM person WHERE id = $2 FOR SHARE),
    s AS (SELECT name, status::text AS status FROM mcp_server WHERE id = $3 AND NOT builtin FOR SHARE),
    g AS (SELECT g.revoked_at IS NULL AND g.expires_at > clock_timestamp() AND coalesce((
        SELECT clock_timestamp() <= greatest(g.created_at, u.last_used_at) + make_interval(secs => ${IDLE_SECONDS} + 30)
        FROM oauth_client c JOIN instance i ON i.id = 1 LEFT JOIN grant_activity u ON u.grant_id = g.id
        WHERE c.agent_id = g.agent_id AND ${IDLE_SECONDS} IS NOT NULL), true) AS live
      FROM oauth_grant g
      WHERE g.id = $4 AND g.agent_id = $5 AND g.person_id = $2 AND g.server_id = $3
      ${grantLock} OF g)
  SELECT (SELECT to_json(a) FROM a) AS agent, (SELECT to_json(p) FROM p) AS person, (SELECT to_json(s) FROM s) AS server,
    (SELECT live FROM g) AS live`;
const LOCK = lock("FOR SHARE");
const LOCK_IN_TURN = lock("FOR NO KEY UPDATE");

/**
 * Everybody concerned, locked against changes until this is committed. Throws `forbidden` where one of them may have no
 * token now: whoever ends something here never finds a token that was issued a moment later.
 */
export async function lockIssuance(
  query: Query,
  terms: Pick<NewAccessToken, "agentId" | "personId" | "serverId" | "grantId"> & {
    /** Whom the grant was given to, where another agent acts through that one. */
    grantAgentId?: string;
  },
  /** `inTurn`: of those that lock one grant so, each waits until the one before it has committed. */
  options: { inTurn?: boolean } = {},
): Promise<Parties> {
  type Locked = { name: string; status: string };
  const { agentId, personId, serverId, grantId, grantAgentId = agentId } = terms;
  const [found] = await query<{
    agent: Locked | null;
    person: (Locked & { nameRef: string }) | null;
    server: Locked | null;
    live: boolean | null;
  }>({
    ...(options.inTurn ? { name: "lock-issuance-in-turn", text: LOCK_IN_TURN } : { name: "lock-issuance", text: LOCK }),
    values: [agentId, personId, serverId, grantId, grantAgentId],
  });
  const { agent, person, server, live } = found ?? { agent: null, person: null, server: null, live: null };
  if (agent?.status !== "active") throw refused("the agent is not active");
  if (server?.status !== "active") throw refused("the server is not active");
  if (personId !== null && person?.status !== "active") throw refused("the person is not active");
  if ((personId !== null || grantId !== null) && !live) throw refused("the grant has ended");
  return {
    agent: { id: agentId, name: agent.name },
    person: personId !== null && person ? { id: personId, name: person.name, nameRef: person.nameRef } : null,
    server: { id: serverId, name: server.name },
  };
}

/** The refusal of a token, for whatever reason: the client is told none. */
export const refused = (internal: string): GatehouseError => new GatehouseError("forbidden", { internal });

const INSERT = `
  INSERT INTO access_token (id, hash, format, last_four, agent_id, person_id, server_id, grant_id, scopes, declared, tools, jkt,
    parent_id, actors, issued_at, expires_at, auth_time, acr)
  VALUES ($1, $2, $3::text::"AccessTokenFormat", $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`;

/**
 * Writes an access token's row and entry. The caller has locked whom it concerns (`lockIssuance`). Throws `forbidden` where `validate`
 * would not let it do all that it says.
 */
export async function insertAccessToken(
  { query, record }: Pick<VerbScope, "query" | "record">,
  token: NewAccessToken,
  parties: Parties,
  action: "oauth.issue" | "oauth.refresh" | "oauth.exchange",
): Promise<void> {
  const { names, outside } = await scopesNow(query, token);
  if (outside) throw refused("no admin has let the agent in, or one that it acts through");
  const beyond = token.scopes.filter((scope) => !names.has(scope));
  if (beyond.length > 0) throw refused(`not given: ${beyond.join(" ")}`);
  if (token.grantId !== null && token.scopes.length === 0) throw refused("no scope is left of what was given");
  const { id, value, format, agentId, personId, serverId, grantId, scopes, tools, jkt, parentId, actors } = token;
  const four = lastFour(value);
  await query({
    name: "insert-access-token",
    text: INSERT,
    values: [
      ...[id, hashCredential(value).hash, format, four, agentId, personId, serverId, grantId, scopes],
      ...[tools !== null, tools ?? [], jkt, parentId, actors, at(token.issuedAtSeconds), at(token.expiresAtSeconds)],
      ...[token.authTimeSeconds === null ? null : at(token.authTimeSeconds), token.acr],
    ],
  });
  const masked = maskAccessToken({ id, format, lastFour: four });
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
    const parties = await lockIssuance(scope.query, token);
    await insertAccessToken(scope, token, parties, "oauth.issue");
  },
);

/** An agent gets tokens for itself alone. */
export function requireOwn(ctx: Ctx, agentId: string): void {
  if (ctx.actor.kind !== "agent" || ctx.actor.agentId !== agentId) throw refused("a token for another agent");
}
