import "server-only";
import type pg from "pg";
import { pool, type TimedQuery } from "@/lib/db";
import { deepFreeze } from "@/lib/freeze";
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
     'id', s.id, 'name', s.name, 'resource', s.resource, 'disabled', s.status <> 'active',
     'offered', coalesce((SELECT json_agg(json_build_object('name', sc.name, 'access', sc.access) ORDER BY sc.name)
                          FROM scope sc WHERE sc.server_id = s.id), '[]'))
   FROM mcp_server s WHERE s.id = $1`;

/** The tokens whose hashes are in $2, as far as they concern the server $1. */
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
        json_build_object('id', p.id, 'name', p.name, 'email', p.email, 'suspended', p.status = 'suspended') END,
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
   WHERE t.hash = ANY($2::bytea[])`;

/** The tools $1 has, by a condition. */
const tools = (which: string) => `
  SELECT coalesce(json_agg(json_build_object('name', tl.name, 'scopes',
     coalesce((SELECT json_agg(sc.name) FROM tool_scope tsc JOIN scope sc ON sc.id = tsc.scope_id
               WHERE tsc.tool_id = tl.id), '[]'))), '[]')
   FROM tool tl WHERE tl.server_id = $1 AND ${which}`;

const SNAPSHOT = `SELECT (${SERVER}) AS server, (${TOKENS}) AS tokens, (${tools("tl.name = ANY($3::text[])")}) AS tools`;
const TOKENS_ALONE = `SELECT (${TOKENS}) AS tokens`;
const SERVER_TABLE = `
SELECT (${SERVER}) AS server, (${tools("true")}) AS tools, ${pending("('server', $1), ('all', 'all')")} AS pending`;

async function ask<R extends pg.QueryResultRow>(name: string, text: string, values: unknown[]): Promise<R | undefined> {
  const query: TimedQuery = { name, text, values, query_timeout: LOOKUP_TIMEOUT_MS };
  const { rows } = await pool().query<R>(query);
  return rows[0];
}

/** One server, some tokens (by hash) and some tools (by name), all in one snapshot of the database. */
export async function readSnapshot(
  serverId: string,
  hashes: readonly Buffer[],
  toolNames: readonly string[],
): Promise<{ server: ServerFacts | null; tokens: FoundToken[]; tools: ReadonlyMap<string, ToolFacts> }> {
  type Snapshot = { server: ServerFacts | null; tokens: Row[]; tools: ToolFacts[] };
  const found = await ask<Snapshot>("validate-facts", SNAPSHOT, [serverId, hashes, toolNames]);
  return {
    server: deepFreeze(found?.server ?? null),
    tokens: (found?.tokens ?? []).map(toFound),
    tools: byName(found?.tools ?? []),
  };
}

/** Some tokens (by hash), as far as they concern one server. */
export async function readTokens(serverId: string, hashes: readonly Buffer[]): Promise<FoundToken[]> {
  const found = await ask<{ tokens: Row[] }>("validate-tokens", TOKENS_ALONE, [serverId, hashes]);
  return (found?.tokens ?? []).map(toFound);
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
  return { hash, pending: isPending, facts: deepFreeze({ ...facts, masked: maskCredential(facts.kind, lastFour) }) };
}

/** The token under the first of its possible hashes (newest pepper first) that was found. */
export function firstFound(hashes: readonly Buffer[], byHash: ReadonlyMap<string, FoundToken>): FoundToken | undefined {
  return hashes.map((hash) => byHash.get(hash.toString("hex"))).find((found) => found !== undefined);
}
