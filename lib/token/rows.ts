import "server-only";
import type { Tx } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { isoOrNull } from "@/lib/instant";
import { maskCredential } from "./format";
import type { TokenDto } from "./schema";
import { tokenFlags, tokenStatus, type TokenFacts } from "./status";
import type { TokenKind } from "./effective";

type Row = {
  id: string;
  name: string;
  note: string;
  kind: TokenKind;
  last_four: string;
  person: { id: string; name: string; email: string; suspended: boolean } | null;
  agent: { id: string; name: string; suspended: boolean; orphaned: boolean } | null;
  role: { id: string; name: string; archived: boolean };
  role_held: boolean;
  servers: { id: string; name: string; slug: string; disabled: boolean; effective: boolean }[];
  scopes: string[] | null;
  not_before: Date | null;
  expires_at: Date;
  allowed_cidrs: string[];
  rate_limit: number | null;
  rate_window_seconds: number | null;
  family_id: string;
  generation: number;
  predecessor_id: string | null;
  successor_id: string | null;
  retires_at: Date | null;
  revoked_at: Date | null;
  revoked_reason: string | null;
  last_used_at: Date | null;
  created_at: Date;
  created_by: string;
};

/** `matchesPattern` in SQL, for a `role_scope` called `rs` and a `scope` called `s`. A test holds the two together. */
export const PATTERN_MATCHES = Prisma.sql`(rs.pattern = '*' OR rs.pattern = s.name
  OR (right(rs.pattern, 2) = ':*' AND starts_with(s.name, left(rs.pattern, -1)) AND length(s.name) > length(rs.pattern) - 1))`;

/** True where the holder of a token `t` (the person if there is one, else the agent) holds its role. */
const ROLE_HELD = Prisma.sql`CASE WHEN t.person_id IS NOT NULL
  THEN EXISTS (SELECT 1 FROM person_role h WHERE h.person_id = t.person_id AND h.role_id = t.role_id)
  ELSE EXISTS (SELECT 1 FROM agent_role h WHERE h.agent_id = t.agent_id AND h.role_id = t.role_id) END`;

/** True where a token `t` has an effective scope on the server `ts.server_id`: `effectiveScopes` in SQL. */
const EFFECTIVE_ON_SERVER = Prisma.sql`EXISTS (
  SELECT 1 FROM role_scope rs JOIN scope s ON s.server_id = rs.server_id
  WHERE rs.role_id = t.role_id AND rs.server_id = ts.server_id AND (t.kind <> 'ro' OR s.access = 'read') AND ${PATTERN_MATCHES}
    AND (NOT t.narrowed OR EXISTS (SELECT 1 FROM token_scope own WHERE own.token_id = t.id AND own.scope_id = s.id)))`;

/** The tokens with these ids, in this order; ids of none are left out. One query, whatever their number. */
export async function loadTokens(db: Tx, ids: readonly string[], nowSeconds: number): Promise<TokenDto[]> {
  if (ids.length === 0) return [];
  const rows = await db.$queryRaw<Row[]>`
    SELECT t.id, t.name, t.note, t.kind::text AS kind, t.last_four, t.not_before, t.expires_at, t.allowed_cidrs,
      t.rate_limit, t.rate_window_seconds, t.family_id, t.generation, t.predecessor_id, t.retires_at, t.revoked_at,
      t.revoked_reason, t.created_at, t.created_by, act.last_used_at, next.id AS successor_id,
      CASE WHEN p.id IS NULL THEN NULL ELSE
        json_build_object('id', p.id, 'name', p.name, 'email', p.email, 'suspended', p.status = 'suspended') END AS person,
      CASE WHEN a.id IS NULL THEN NULL ELSE json_build_object('id', a.id, 'name', a.name, 'suspended', a.status = 'suspended',
        'orphaned', t.person_id IS NULL AND a.kind = 'machine' AND coalesce(o.status = 'suspended', false)) END AS agent,
      json_build_object('id', r.id, 'name', r.name, 'archived', r.archived_at IS NOT NULL) AS role,
      ${ROLE_HELD} AS role_held,
      (SELECT json_agg(json_build_object('id', m.id, 'name', m.name, 'slug', m.slug, 'disabled', m.status = 'disabled',
          'effective', ${EFFECTIVE_ON_SERVER}) ORDER BY m.name)
        FROM token_server ts JOIN mcp_server m ON m.id = ts.server_id WHERE ts.token_id = t.id) AS servers,
      CASE WHEN t.narrowed THEN coalesce((SELECT array_agg(DISTINCT s.name ORDER BY s.name)
        FROM token_scope own JOIN scope s ON s.id = own.scope_id WHERE own.token_id = t.id), '{}') END AS scopes
    FROM unnest(${[...ids]}::text[]) WITH ORDINALITY AS wanted(id, nth)
      JOIN token t ON t.id = wanted.id
      JOIN role r ON r.id = t.role_id
      LEFT JOIN person p ON p.id = t.person_id
      LEFT JOIN agent a ON a.id = t.agent_id
      LEFT JOIN person o ON o.id = a.owner_id
      LEFT JOIN token next ON next.predecessor_id = t.id
      LEFT JOIN token_activity act ON act.token_id = t.id
    ORDER BY wanted.nth`;
  return rows.map((row) => toTokenDto(row, nowSeconds));
}

const seconds = (date: Date) => date.getTime() / 1000;
const secondsOrNull = (date: Date | null) => (date ? seconds(date) : null);

function toFacts(row: Row): TokenFacts {
  return {
    revoked: row.revoked_at !== null,
    createdAt: seconds(row.created_at),
    notBefore: secondsOrNull(row.not_before),
    expiresAt: seconds(row.expires_at),
    retiresAt: secondsOrNull(row.retires_at),
    lastUsedAt: secondsOrNull(row.last_used_at),
    personSuspended: row.person?.suspended ?? false,
    agentSuspended: row.agent?.suspended ?? false,
    roleArchived: row.role.archived,
    roleHeld: row.role_held,
    servers: row.servers,
    rateLimited: row.rate_limit !== null,
    addressLimited: row.allowed_cidrs.length > 0,
    orphaned: row.agent?.orphaned ?? false,
  };
}

function toTokenDto(row: Row, nowSeconds: number): TokenDto {
  const facts = toFacts(row);
  return {
    id: row.id,
    name: row.name,
    note: row.note,
    kind: row.kind,
    masked: maskCredential(row.kind, row.last_four),
    status: tokenStatus(facts, nowSeconds),
    flags: tokenFlags(facts, nowSeconds),
    person: row.person && { id: row.person.id, name: row.person.name, email: row.person.email },
    agent: row.agent && { id: row.agent.id, name: row.agent.name },
    role: { id: row.role.id, name: row.role.name },
    servers: row.servers.map(({ id, name, slug }) => ({ id, name, slug })),
    scopes: row.scopes,
    notBefore: isoOrNull(row.not_before),
    expiresAt: row.expires_at.toISOString(),
    allowedCidrs: row.allowed_cidrs,
    rateLimit:
      row.rate_limit !== null && row.rate_window_seconds !== null
        ? { limit: row.rate_limit, windowSeconds: row.rate_window_seconds }
        : null,
    familyId: row.family_id,
    generation: row.generation,
    predecessorId: row.predecessor_id,
    successorId: row.successor_id,
    retiresAt: isoOrNull(row.retires_at),
    revokedAt: isoOrNull(row.revoked_at),
    revokedReason: row.revoked_reason,
    lastUsedAt: isoOrNull(row.last_used_at),
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
  };
}
