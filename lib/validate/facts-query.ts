import "server-only";
import type pg from "pg";
import { oneOf, pool, type TimedQuery } from "@/lib/db";
import { deepFreeze } from "@/lib/freeze";
import { isOauthForm, maskAccessToken } from "@/lib/oauth/access-token-form";
import { approvalsOf, lettingIn, NEEDS_APPROVAL, OUTSIDE } from "@/lib/oauth/approved";
import { IDLE_SECONDS } from "@/lib/oauth/idle";
import { maskCredential } from "@/lib/token/format";
import type { ServerFacts, TokenFacts } from "./decide";

/** The longest that a look-up may take, ms: then the call is answered 503, never by guess. */
const LOOKUP_TIMEOUT_MS = 800;

/** A tool and the scopes that it requires. */
export type ToolFacts = { name: string; scopes: readonly string[] };

/** A server with all its tools, by name. */
export type ServerTable = { server: ServerFacts; tools: ReadonlyMap<string, ToolFacts> };

/** `pending`: something about it is about to be narrowed, so it must not be cached. */
type Row = { hash: string; lastFour: string; pending: boolean } & Omit<TokenFacts, "masked">;

/** A token as a read found it. */
export type FoundToken = { hash: string; pending: boolean; facts: TokenFacts };

/** True where one of the subjects is announced. */
const pending = (subjects: string) => `EXISTS (
  SELECT 1 FROM change c JOIN (VALUES ${subjects}) AS s(kind, id) ON c.subject_kind = s.kind AND c.subject_id = s.id
  WHERE c.state = 'pending')`;

/** The server $1. */
const SERVER = `
  SELECT json_build_object(
     'id', s.id, 'name', s.name, 'resource', s.resource, 'disabled', s.status <> 'active', 'requireDpop', s.require_dpop, 'auditLevel', s.audit_level,
     'offered', coalesce((SELECT json_agg(json_build_object('name', sc.name, 'access', sc.access) ORDER BY sc.name)
                          FROM scope sc WHERE sc.server_id = s.id), '[]'))
   FROM mcp_server s WHERE s.id = $1`;

/** The static tokens whose hashes are in $2, as far as they concern the server $1. */
const TOKENS = `
  SELECT coalesce(json_agg(json_build_object(
     'hash', encode(t.hash, 'hex'), 'id', t.id, 'name', t.name, 'kind', t.kind, 'lastFour', t.last_four,
     'pending', ${pending(
       "('token', t.id), ('person', t.person_id), ('agent', t.agent_id), ('role', t.role_id), ('server', $1), ('all', 'all')",
     )},
     'revoked', t.revoked_at IS NOT NULL,
     'issuedAtSeconds', extract(epoch FROM t.created_at), 'notBeforeSeconds', extract(epoch FROM t.not_before), 'expiresAtSeconds', extract(epoch FROM t.expires_at),
     'retiresAtSeconds', extract(epoch FROM t.retires_at),
     'forServer', EXISTS (SELECT 1 FROM token_server ts WHERE ts.token_id = t.id AND ts.server_id = $1),
     'narrowed', CASE WHEN t.narrowed THEN
        coalesce((SELECT json_agg(sc.name) FROM token_scope tsc JOIN scope sc ON sc.id = tsc.scope_id
                  WHERE tsc.token_id = t.id AND tsc.server_id = $1), '[]') END,
     'allowedCidrs', t.allowed_cidrs,
     'rateLimit', CASE WHEN t.rate_limit IS NOT NULL THEN
        json_build_object('limit', t.rate_limit, 'windowSeconds', t.rate_window_seconds) END,
     'person', CASE WHEN p.id IS NOT NULL THEN
        json_build_object('id', p.id, 'name', p.name, 'nameRef', p.name_ref, 'email', p.email, 'suspended', p.status = 'suspended') END,
     'agent', CASE WHEN a.id IS NOT NULL THEN
        json_build_object('id', a.id, 'name', a.name, 'suspended', a.status <> 'active') END,
     'role', json_build_object('id', r.id, 'name', r.name, 'archived', r.archived_at IS NOT NULL,
        'held', CASE WHEN t.person_id IS NOT NULL
           THEN EXISTS (SELECT 1 FROM person_role pr WHERE pr.person_id = t.person_id AND pr.role_id = t.role_id)
           ELSE EXISTS (SELECT 1 FROM agent_role ar WHERE ar.agent_id = t.agent_id AND ar.role_id = t.role_id) END,
        'patterns', coalesce((SELECT json_agg(rs.pattern) FROM role_scope rs
                              WHERE rs.role_id = r.id AND rs.server_id = $1), '[]'))
   )), '[]')
   FROM token t JOIN role r ON r.id = t.role_id
   LEFT JOIN person p ON p.id = t.person_id LEFT JOIN agent a ON a.id = t.agent_id
   WHERE t.hash = ${oneOf("$2::bytea[]")}`;

/** Roles of the holder of the access token t: of its person, or of the agent where it acts in its own name. */
const HELD = `
  SELECT r.id, r.name, ARRAY(SELECT rs.pattern FROM role_scope rs WHERE rs.role_id = r.id AND rs.server_id = $1) AS patterns
  FROM (SELECT role_id FROM person_role WHERE person_id = t.person_id
        UNION ALL SELECT role_id FROM agent_role WHERE agent_id = t.agent_id AND t.person_id IS NULL) AS held
  JOIN role r ON r.id = held.role_id WHERE r.archived_at IS NULL`;

/** The agents by which the access token t acts: its own, and those that it was exchanged from. */
const AGENTS = "unnest(array_append(l.agents, t.agent_id))";
const APPROVALS = approvalsOf({ agent: "by.agent_id", person: "t.person_id", server: "t.server_id" });

/** When facts that rest on approvals may have lapsed: the first of them ends that any of the agents needs. */
const APPROVED_UNTIL = `
  SELECT extract(epoch FROM min(least(
      (SELECT min(ap.expires_at) FROM (${APPROVALS}) AS ap),
      (SELECT CASE WHEN bool_and(ap.expires_at IS NOT NULL) THEN max(ap.expires_at) END FROM (${lettingIn("by.agent_id")}) AS ap))))
  FROM ${AGENTS} AS by(agent_id)`;

/** What the access token t was exchanged from, from one to the next: it lives only while all of it does. */
const LINE = `
  WITH RECURSIVE line AS (
    SELECT p.id, p.parent_id, p.agent_id, p.revoked_at FROM access_token p WHERE p.id = t.parent_id
    UNION ALL SELECT p.id, p.parent_id, p.agent_id, p.revoked_at FROM line JOIN access_token p ON p.id = line.parent_id)
  SELECT array_agg(line.id) AS tokens, array_agg(line.agent_id) AS agents, bool_or(line.revoked_at IS NOT NULL) AS revoked,
    bool_or(a.status <> 'active') AS suspended, bool_or(${OUTSIDE}) AS outside
  FROM line JOIN agent a ON a.id = line.agent_id`;

/**
 * The OAuth access tokens whose hashes are in $3, as far as they concern the server $1. What one may do is what it carries
 * ∩ what the person consented to ∩ what the admins let each of its agents ∩ what the holder's roles give, all of it now.
 */
const ACCESS_TOKENS = `
  SELECT coalesce(json_agg(json_build_object(
     'hash', encode(t.hash, 'hex'), 'id', t.id, 'name', a.name, 'kind', 'oauth', 'lastFour', t.last_four,
     'pending', ${pending(
       "('token', t.id), ('grant', t.grant_id), ('person', t.person_id), ('agent', t.agent_id), ('server', $1), ('all', 'all')",
     )} OR EXISTS (SELECT 1 FROM change c JOIN (${HELD}) AS h ON h.id = c.subject_id
                   WHERE c.state = 'pending' AND c.subject_kind = 'role')
       OR EXISTS (SELECT 1 FROM change c WHERE c.state = 'pending' AND t.parent_id IS NOT NULL AND (
                   (c.subject_kind = 'token' AND c.subject_id = ANY(l.tokens)) OR (c.subject_kind = 'agent' AND c.subject_id = ANY(l.agents)))),
     'revoked', t.revoked_at IS NOT NULL OR g.revoked_at IS NOT NULL OR coalesce(l.revoked, false),
     'issuedAtSeconds', extract(epoch FROM t.issued_at), 'notBeforeSeconds', NULL,
     'expiresAtSeconds', extract(epoch FROM least(t.expires_at, g.expires_at)), 'retiresAtSeconds', NULL,
     'forServer', t.server_id = $1,
     'narrowed', CASE WHEN t.grant_id IS NULL THEN to_json(t.scopes) ELSE
        coalesce((SELECT json_agg(sc.name) FROM oauth_grant_scope gs JOIN scope sc ON sc.id = gs.scope_id
                  WHERE gs.grant_id = t.grant_id AND sc.name = ANY(t.scopes)
                    AND (NOT ${NEEDS_APPROVAL} OR NOT EXISTS (
                      SELECT 1 FROM ${AGENTS} AS by(agent_id) WHERE NOT EXISTS (${APPROVALS} AND sc.name = ANY(ap.scopes))))), '[]') END,
     'allowedCidrs', '[]'::json, 'rateLimit', NULL,
     'person', CASE WHEN p.id IS NOT NULL THEN
        json_build_object('id', p.id, 'name', p.name, 'nameRef', p.name_ref, 'email', p.email, 'suspended', p.status <> 'active') END,
     'agent', json_build_object('id', a.id, 'name', a.name, 'suspended', a.status <> 'active' OR coalesce(l.suspended, false)),
     'role', (SELECT json_build_object('id', CASE WHEN count(*) = 1 THEN min(h.id) END,
                 'name', coalesce(string_agg(h.name, ', ' ORDER BY h.name), ''), 'archived', false, 'held', count(*) > 0,
                 'patterns', coalesce((SELECT json_agg(DISTINCT pattern) FROM (${HELD}) AS all_held, unnest(all_held.patterns) AS pattern), '[]'))
              FROM (${HELD}) AS h WHERE cardinality(h.patterns) > 0),
     'oauth', json_build_object('format', t.format, 'clientId', (SELECT c.client_id FROM oauth_client c WHERE c.agent_id = t.agent_id), 'grantId', t.grant_id, 'jkt', t.jkt,
        'requireDpop', EXISTS (SELECT 1 FROM oauth_client c WHERE c.agent_id = t.agent_id AND c.require_dpop),
        'unapproved', ${OUTSIDE} OR coalesce(l.outside, false),
        'approvedUntilSeconds', (${APPROVED_UNTIL}),
        'idle', (SELECT json_build_object('timeoutSeconds', ${IDLE_SECONDS},
                    'lastUsedSeconds', extract(epoch FROM greatest(g.created_at, (SELECT ga.last_used_at FROM grant_activity ga WHERE ga.grant_id = g.id))))
                 FROM oauth_client c WHERE c.agent_id = g.agent_id AND ${IDLE_SECONDS} IS NOT NULL),
        'actors', to_json(t.actors), 'authTimeSeconds', extract(epoch FROM t.auth_time), 'acr', t.acr,
        'roleIds', coalesce((SELECT json_agg(h.id) FROM (${HELD}) AS h), '[]'),
        'tools', CASE WHEN t.declared THEN to_json(t.tools) END,
        'line', json_build_object('tokens', coalesce(to_json(l.tokens), '[]'), 'agents', coalesce(to_json(l.agents), '[]')))
   )), '[]')
   FROM access_token t JOIN agent a ON a.id = t.agent_id CROSS JOIN instance i
   LEFT JOIN person p ON p.id = t.person_id LEFT JOIN oauth_grant g ON g.id = t.grant_id
   LEFT JOIN LATERAL (${LINE}) AS l ON t.parent_id IS NOT NULL
   WHERE t.hash = ${oneOf("$3::bytea[]")}`;

/** The tools $1 has, by a condition. */
const tools = (which: string) => `
  SELECT coalesce(json_agg(json_build_object('name', tl.name, 'scopes',
     coalesce((SELECT json_agg(sc.name) FROM tool_scope tsc JOIN scope sc ON sc.id = tsc.scope_id
               WHERE tsc.tool_id = tl.id), '[]'))), '[]')
   FROM tool tl WHERE tl.server_id = $1 AND ${which}`;

const ALL_TOKENS = `(${TOKENS}) AS tokens, (${ACCESS_TOKENS}) AS "accessTokens"`;
const SNAPSHOT = `SELECT (${SERVER}) AS server, ${ALL_TOKENS}, (${tools(`tl.name = ${oneOf("$4::text[]")}`)}) AS tools`;
const TOKENS_ALONE = `SELECT ${ALL_TOKENS}`;
const SERVER_TABLE = `
SELECT (${SERVER}) AS server, (${tools("true")}) AS tools, ${pending("('server', $1), ('all', 'all')")} AS pending`;

async function ask<R extends pg.QueryResultRow>(name: string, text: string, values: unknown[]): Promise<R | undefined> {
  const query: TimedQuery = { name, text, values, query_timeout: LOOKUP_TIMEOUT_MS };
  const { rows } = await pool().query<R>(query);
  return rows[0];
}

/** The hashes under which tokens may be stored, by the table that would hold them. */
export type Hashes = { static: readonly Buffer[]; oauth: readonly Buffer[] };

type TokenRows = { tokens: Row[]; accessTokens: Row[] };
const allFound = (rows: TokenRows | undefined): FoundToken[] =>
  rows ? [...rows.tokens, ...rows.accessTokens].map(toFound) : [];

/** One server, some tokens (by hash) and some tools (by name), all in one snapshot of the database. */
export async function readSnapshot(
  serverId: string,
  hashes: Hashes,
  toolNames: readonly string[],
): Promise<{ server: ServerFacts | null; tokens: FoundToken[]; tools: ReadonlyMap<string, ToolFacts> }> {
  type Snapshot = TokenRows & { server: ServerFacts | null; tools: ToolFacts[] };
  const values = [serverId, hashes.static, hashes.oauth, toolNames];
  const found = await ask<Snapshot>("validate-facts", SNAPSHOT, values);
  return {
    server: deepFreeze(found?.server ?? null),
    tokens: allFound(found),
    tools: byName(found?.tools ?? []),
  };
}

/** Some tokens (by hash), as far as they concern one server. */
export async function readTokens(serverId: string, hashes: Hashes): Promise<FoundToken[]> {
  return allFound(await ask<TokenRows>("validate-tokens", TOKENS_ALONE, [serverId, hashes.static, hashes.oauth]));
}

/** One server with all its tools; null where there is none. */
export async function readServerTable(serverId: string): Promise<(ServerTable & { pending: boolean }) | null> {
  type Found = { server: ServerFacts | null; tools: ToolFacts[]; pending: boolean };
  const found = await ask<Found>("validate-server", SERVER_TABLE, [serverId]);
  if (!found?.server) return null;
  return { server: deepFreeze(found.server), tools: byName(found.tools), pending: found.pending };
}

const byName = (list: readonly ToolFacts[]) => new Map(list.map((tool) => [tool.name, deepFreeze(tool)]));

function toFound({ hash, lastFour, pending: isPending, ...facts }: Row): FoundToken {
  const { id, kind, oauth } = facts;
  const masked =
    kind === "oauth"
      ? maskAccessToken({ id, format: oauth?.format ?? "jwt", lastFour })
      : maskCredential(kind, lastFour);
  return { hash, pending: isPending, facts: deepFreeze({ ...facts, masked }) };
}

/** The hashes of some tokens, by the table that would hold them: a token's form tells. */
export function byTable(candidates: ReadonlyMap<string, readonly Buffer[]>): Hashes {
  const hashes: { [table in keyof Hashes]: Buffer[] } = { static: [], oauth: [] };
  for (const [token, some] of candidates) hashes[isOauthForm(token) ? "oauth" : "static"].push(...some);
  return hashes;
}

/** The token under the first of its possible hashes (newest pepper first) that was found. */
export function firstFound(hashes: readonly Buffer[], byHash: ReadonlyMap<string, FoundToken>): FoundToken | undefined {
  return hashes.map((hash) => byHash.get(hash.toString("hex"))).find((found) => found !== undefined);
}
