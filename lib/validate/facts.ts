import "server-only";
import type pg from "pg";
import { pool } from "@/lib/db";
import { credentialKind, maskCredential } from "@/lib/token/format";
import { hashCandidates } from "@/lib/token/hash";
import type { Facts, ServerFacts, TokenFacts } from "./decide";

/** What one call asks about. */
export type Ask = { token: string; tool?: string };

/** The longest that the look-up may take, ms: then the call is answered 503, never by guess. */
const LOOKUP_TIMEOUT_MS = 800;

/** The server that asks, as its key told. */
export type Asking = Omit<ServerFacts, "offered">;

type TokenRow = Omit<TokenFacts, "masked"> & { hash: string; lastFour: string };
type ToolRow = { name: string; scopes: string[] };
type Snapshot = { server: ServerFacts | null; tokens: TokenRow[]; tools: ToolRow[] };

const NOTHING: Snapshot = { server: null, tokens: [], tools: [] };

/**
 * All facts about some tokens ($2, hashes) and tools ($3, names) as far as they concern one server ($1), in one
 * statement and so in one snapshot.
 */
const SNAPSHOT = `
SELECT
  (SELECT json_build_object(
     'id', s.id, 'name', s.name, 'resource', s.resource, 'disabled', s.status <> 'active',
     'offered', coalesce((SELECT json_agg(json_build_object('name', sc.name, 'access', sc.access) ORDER BY sc.name)
                          FROM scope sc WHERE sc.server_id = s.id), '[]'))
   FROM mcp_server s WHERE s.id = $1) AS server,
  (SELECT coalesce(json_agg(json_build_object(
     'hash', encode(t.hash, 'hex'), 'id', t.id, 'name', t.name, 'kind', t.kind, 'lastFour', t.last_four,
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
   WHERE t.hash = ANY($2::bytea[])) AS tokens,
  (SELECT coalesce(json_agg(json_build_object('name', tl.name, 'scopes',
     coalesce((SELECT json_agg(sc.name) FROM tool_scope tsc JOIN scope sc ON sc.id = tsc.scope_id
               WHERE tsc.tool_id = tl.id), '[]'))), '[]')
   FROM tool tl WHERE tl.server_id = $1 AND tl.name = ANY($3::text[])) AS tools`;

// @types/pg knows the option for a pool only; pg honours it for one query too.
type TimedQuery = pg.QueryConfig<unknown[]> & { query_timeout: number };

async function readSnapshot(serverId: string, hashes: Buffer[], tools: string[]): Promise<Snapshot> {
  const query: TimedQuery = {
    name: "validate-facts",
    text: SNAPSHOT,
    values: [serverId, hashes, tools],
    query_timeout: LOOKUP_TIMEOUT_MS,
  };
  const { rows } = await pool().query<Snapshot>(query);
  return rows[0] ?? NOTHING;
}

/**
 * The facts for some calls that one server asks about, in their order, all from one snapshot of the database. Nothing
 * is kept: what an admin changed before is in them. A token of wrong form needs no look-up, and one of the server-key
 * kind is never a token. Throws what the driver throws where the database is away.
 */
export async function loadFacts(asking: Asking, asks: readonly Ask[]): Promise<Facts[]> {
  const candidates = asks.map(({ token }) => {
    const kind = credentialKind(token);
    if (kind === null) return "malformed" as const;
    return kind === "srv" ? ("unknown" as const) : hashCandidates(token);
  });
  const hashes = candidates.flatMap((candidate) => (typeof candidate === "string" ? [] : candidate));
  const tools = [...new Set(asks.flatMap(({ tool }) => (tool === undefined ? [] : [tool])))];
  const snapshot = hashes.length > 0 ? await readSnapshot(asking.id, hashes, tools) : NOTHING;
  const server = snapshot.server ?? { ...asking, offered: [] };
  const tokensByHash = new Map(snapshot.tokens.map((row) => [row.hash, toTokenFacts(row)]));
  const toolsByName = new Map(snapshot.tools.map((tool) => [tool.name, tool]));
  return asks.map(({ tool }, nth) => {
    const candidate = candidates[nth] ?? "malformed";
    return {
      server,
      token: typeof candidate === "string" ? candidate : firstFound(candidate, tokensByHash),
      tool: tool === undefined ? null : (toolsByName.get(tool) ?? null),
      rateLimited: false,
    };
  });
}

function firstFound(candidates: readonly Buffer[], byHash: ReadonlyMap<string, TokenFacts>): TokenFacts | "unknown" {
  for (const hash of candidates) {
    const found = byHash.get(hash.toString("hex"));
    if (found) return found;
  }
  return "unknown";
}

function toTokenFacts({ hash: _hash, lastFour, ...facts }: TokenRow): TokenFacts {
  return { ...facts, masked: maskCredential(facts.kind, lastFour) };
}
