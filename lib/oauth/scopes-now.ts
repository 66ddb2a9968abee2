import "server-only";
import { oneOf, type Query } from "@/lib/db";
import { resolveScopes, type OfferedScope } from "@/lib/role/resolve";
import { approvalsOf, NEEDS_APPROVAL, OUTSIDE } from "./approved";

/** Whose token it would be, on which server, and what it would hang from. */
export type TokenTerms = {
  agentId: string;
  /** Null where the agent acts in its own name. */
  personId: string | null;
  serverId: string;
  /** Null where there is none, or none yet: then the roles alone say what may be given. */
  grantId: string | null;
  /** The token that it would be exchanged for; null where it is for none. */
  parentId: string | null;
  scopes: readonly string[];
};

const APPROVALS = approvalsOf({ agent: "by_agent.agent_id", person: "$2", server: "$3" });

const NOW = `
  WITH RECURSIVE line AS (
      SELECT p.parent_id, p.agent_id FROM access_token p WHERE p.id = $5
      UNION ALL SELECT p.parent_id, p.agent_id FROM line JOIN access_token p ON p.id = line.parent_id),
    by_agent AS (SELECT $1::text AS agent_id UNION SELECT agent_id FROM line)
  SELECT ARRAY(SELECT rs.pattern
      FROM (SELECT role_id FROM person_role WHERE person_id = $2
            UNION ALL SELECT role_id FROM agent_role WHERE agent_id = $1 AND $2::text IS NULL) AS held
      JOIN role r ON r.id = held.role_id AND r.archived_at IS NULL
      JOIN role_scope rs ON rs.role_id = r.id AND rs.server_id = $3) AS patterns,
    (SELECT coalesce(json_agg(json_build_object('name', sc.name, 'access', sc.access)), '[]') FROM scope sc, instance i
      WHERE sc.server_id = $3 AND sc.name = ${oneOf("$6::text[]")}
        AND ($4::text IS NULL OR EXISTS (SELECT 1 FROM oauth_grant_scope gs WHERE gs.grant_id = $4 AND gs.scope_id = sc.id))
        AND ($2::text IS NULL OR NOT ${NEEDS_APPROVAL} OR NOT EXISTS (
          SELECT 1 FROM by_agent WHERE NOT EXISTS (${APPROVALS} AND sc.name = ANY(ap.scopes))))) AS offered,
    EXISTS (SELECT 1 FROM by_agent JOIN agent a ON a.id = by_agent.agent_id, instance i WHERE ${OUTSIDE}) AS outside`;

/**
 * Of some scopes, those that a token under these terms could use now: what `validate` would leave of them. `outside`: one of its
 * agents must be let in by an admin, and is not.
 */
export async function scopesNow(
  query: Query,
  { agentId, personId, serverId, grantId, parentId, scopes }: TokenTerms,
): Promise<{ names: ReadonlySet<string>; outside: boolean }> {
  const [found] = await query<{ patterns: string[]; offered: OfferedScope[]; outside: boolean }>({
    name: "scopes-now",
    text: NOW,
    values: [agentId, personId, serverId, grantId, parentId, scopes],
  });
  const names = new Set(resolveScopes(found?.patterns ?? [], found?.offered ?? []).map(({ name }) => name));
  return { names, outside: found?.outside ?? true };
}
