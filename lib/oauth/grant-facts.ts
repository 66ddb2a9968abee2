import "server-only";
import { queryAlone } from "@/lib/db";
import { resolveScopes, type OfferedScope } from "@/lib/role/resolve";
import { approvalsOf, NEEDS_APPROVAL } from "./approved";

/** What a grant says, whether or not it has ended. Times in Unix seconds. */
export type GrantFacts = {
  id: string;
  personId: string;
  personActive: boolean;
  /** Of the agent that it was given to; null where that is no client any more. */
  clientId: string | null;
  resource: string;
  /** Of what was given, what may be used now: what the person's roles still give, and the admins still agree to. */
  scopes: string[];
  /** The only tools that it opens; null where its scopes say that. */
  tools: string[] | null;
  createdAtSeconds: number;
  expiresAtSeconds: number;
  revoked: boolean;
};

/** `GrantFacts` as a statement finds them. */
export type GrantRow = Omit<GrantFacts, "scopes"> & { given: OfferedScope[]; patterns: string[] };

export function toGrantFacts({ given, patterns, ...facts }: GrantRow): GrantFacts {
  return { ...facts, scopes: resolveScopes(patterns, given).map(({ name }) => name) };
}

const APPROVALS = approvalsOf({ agent: "g.agent_id", person: "g.person_id", server: "g.server_id" });

/** The `GrantRow` of the grant `g`, for a statement that finds it. */
export const GRANT_FACTS = `
  SELECT json_build_object('id', g.id, 'personId', p.id, 'personActive', p.status = 'active',
    'clientId', (SELECT c.client_id FROM oauth_client c WHERE c.agent_id = g.agent_id), 'resource', s.resource,
    'given', coalesce((SELECT json_agg(json_build_object('name', sc.name, 'access', sc.access))
      FROM oauth_grant_scope gs JOIN scope sc ON sc.id = gs.scope_id, instance i
      WHERE gs.grant_id = g.id AND (NOT ${NEEDS_APPROVAL} OR EXISTS (${APPROVALS} AND sc.name = ANY(ap.scopes)))), '[]'),
    'patterns', ARRAY(SELECT rs.pattern FROM person_role pr JOIN role r ON r.id = pr.role_id AND r.archived_at IS NULL
      JOIN role_scope rs ON rs.role_id = r.id AND rs.server_id = g.server_id WHERE pr.person_id = g.person_id),
    'tools', CASE WHEN g.declared THEN g.tools END, 'createdAtSeconds', extract(epoch FROM g.created_at),
    'expiresAtSeconds', extract(epoch FROM g.expires_at), 'revoked', g.revoked_at IS NOT NULL)
  FROM person p, mcp_server s WHERE p.id = g.person_id AND s.id = g.server_id`;

/** A grant by its id; null where there is none. */
export async function readGrant(id: string): Promise<GrantFacts | null> {
  const text = `SELECT (${GRANT_FACTS}) AS facts FROM oauth_grant g WHERE g.id = $1`;
  const [found] = await queryAlone<{ facts: GrantRow }>({ name: "oauth-grant", text, values: [id] });
  return found ? toGrantFacts(found.facts) : null;
}
