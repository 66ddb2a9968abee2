import "server-only";
import type { reach } from "@/lib/authz/require";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { PATTERN_MATCHES } from "./rows";
import type { ListTokensInput, TokenStatus } from "./schema";
import { DORMANT_AFTER_SECONDS, EXPIRING_WITHIN_SECONDS, NEVER_USED_AFTER_SECONDS } from "./status";

/** What lists of tokens are filtered by. */
export type TokenFilter = Omit<ListTokensInput, "limit" | "cursor">;

const all = (conditions: Prisma.Sql[]) => Prisma.join(conditions, " AND ");
const not = (condition: Prisma.Sql) => Prisma.sql`NOT coalesce((${condition}), false)`;
const ago = (now: Date, seconds: number) => new Date(now.getTime() - seconds * 1000);

/** In every fragment `t` is the token and `act` its activity, if any. */
const overAt = (now: Date) => Prisma.sql`t.expires_at <= ${now}`;
/** Also by the end of a rotation's overlap: `retired` of status.ts. */
const revokedAt = (now: Date) =>
  Prisma.sql`(t.revoked_at IS NOT NULL OR coalesce(t.retires_at <= ${now} AND t.retires_at < t.expires_at, false))`;
const liveAt = (now: Date) => Prisma.sql`(NOT ${revokedAt(now)} AND t.expires_at > ${now})`;
const expiringAt = (now: Date) => Prisma.sql`t.expires_at <= ${ago(now, -EXPIRING_WITHIN_SECONDS)}`;

/**
 * Tokens that live and yet cannot succeed: `isBlocked` of status.ts in SQL, written with uncorrelated sub-selects so
 * that each is computed once for the whole list. A test holds the two together.
 */
const BLOCKED = Prisma.sql`(
  t.person_id IN (SELECT id FROM person WHERE status = 'suspended')
  OR t.agent_id IN (SELECT id FROM agent WHERE status = 'suspended')
  OR t.role_id IN (SELECT id FROM role WHERE archived_at IS NOT NULL)
  OR (t.person_id IS NOT NULL AND (t.person_id, t.role_id) NOT IN (SELECT person_id, role_id FROM person_role))
  OR (t.person_id IS NULL AND (t.agent_id, t.role_id) NOT IN (SELECT agent_id, role_id FROM agent_role))
  OR t.id NOT IN (
    SELECT u.id FROM token u
      JOIN token_server ts ON ts.token_id = u.id
      JOIN (SELECT DISTINCT rs.role_id, rs.server_id, s.id AS scope_id, s.access
            FROM role_scope rs JOIN scope s ON s.server_id = rs.server_id
              JOIN mcp_server m ON m.id = rs.server_id AND m.status = 'active'
            WHERE ${PATTERN_MATCHES}) given
        ON given.role_id = u.role_id AND given.server_id = ts.server_id AND (u.kind <> 'ro' OR given.access = 'read')
      LEFT JOIN token_scope own ON own.token_id = u.id AND own.scope_id = given.scope_id
    WHERE u.revoked_at IS NULL AND (NOT u.narrowed OR own.token_id IS NOT NULL)))`;

/** The tokens whose `tokenStatus` is `status`: each of them excludes those before it in `TOKEN_STATUSES`. */
function statusIs(status: TokenStatus, now: Date): Prisma.Sql {
  const early = Prisma.sql`t.not_before > ${now}`;
  const retiring = Prisma.sql`t.retires_at IS NOT NULL`;
  const usable = [liveAt(now), not(BLOCKED)];
  const byStatus: Record<TokenStatus, () => Prisma.Sql> = {
    revoked: () => revokedAt(now),
    expired: () => all([not(revokedAt(now)), overAt(now)]),
    blocked: () => all([liveAt(now), BLOCKED]),
    not_yet_valid: () => all([...usable, early]),
    retiring: () => all([...usable, not(early), retiring]),
    expiring: () => all([...usable, not(early), not(retiring), expiringAt(now)]),
    active: () => all([...usable, not(early), not(retiring), not(expiringAt(now))]),
  };
  return byStatus[status]();
}

/** The tokens that carry a flag. Whether they live is `state`'s to say, but for the two that only the living carry. */
export function flagIs(flag: NonNullable<TokenFilter["flag"]>, now: Date): Prisma.Sql {
  const byFlag: Record<typeof flag, () => Prisma.Sql> = {
    never_used: () => Prisma.sql`(act.last_used_at IS NULL AND t.created_at < ${ago(now, NEVER_USED_AFTER_SECONDS)})`,
    dormant: () => Prisma.sql`act.last_used_at < ${ago(now, DORMANT_AFTER_SECONDS)}`,
    no_rate_limit: () => Prisma.sql`t.rate_limit IS NULL`,
    expiring: () => all([liveAt(now), expiringAt(now)]),
    retiring: () => all([liveAt(now), Prisma.sql`t.retires_at IS NOT NULL`]),
  };
  return byFlag[flag]();
}

/** The tokens in a state: `live` is neither revoked nor at its end. */
export function stateIs(state: TokenFilter["state"], now: Date): Prisma.Sql | null {
  if (state === "all") return null;
  return state === "live" ? liveAt(now) : Prisma.sql`NOT ${liveAt(now)}`;
}

/** Name, id, or the last four characters (also as they are shown: `gth_ro_…Ab1z`). */
function matches(q: string): Prisma.Sql {
  const text = q.trim();
  const pattern = `%${text.replace(/[\\%_]/g, (c) => `\\${c}`)}%`;
  const four = text.startsWith("gth_") ? text.slice(-4) : text;
  return Prisma.sql`(t.name ILIKE ${pattern} OR t.id = ${text} OR t.last_four = ${four})`;
}

/** The condition on `t` and `act` for a list, within what the asking person may see. */
export function tokenWhere(filter: TokenFilter, within: ReturnType<typeof reach>, now: Date): Prisma.Sql {
  const conditions = [
    within.all ? null : Prisma.sql`t.person_id = ${within.personId}`,
    stateIs(filter.state, now),
    filter.status ? statusIs(filter.status, now) : null,
    filter.flag ? flagIs(filter.flag, now) : null,
    filter.kind ? Prisma.sql`t.kind::text = ${filter.kind}` : null,
    filter.personId ? Prisma.sql`t.person_id = ${filter.personId}` : null,
    filter.agentId ? Prisma.sql`t.agent_id = ${filter.agentId}` : null,
    filter.roleId ? Prisma.sql`t.role_id = ${filter.roleId}` : null,
    filter.serverId
      ? Prisma.sql`t.id IN (SELECT token_id FROM token_server WHERE server_id = ${filter.serverId})`
      : null,
    filter.q?.trim() ? matches(filter.q) : null,
  ].filter((condition) => condition !== null);
  return conditions.length > 0 ? all(conditions) : Prisma.sql`true`;
}

/** Only joined where a filter or an order needs it. */
export const FROM_TOKENS = Prisma.sql`token t LEFT JOIN token_activity act ON act.token_id = t.id`;
