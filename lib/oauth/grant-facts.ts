import "server-only";
import { queryAlone } from "@/lib/db";

/** What a grant says, whether or not it has ended. Times in Unix seconds. */
export type GrantFacts = {
  id: string;
  personId: string;
  personActive: boolean;
  /** Of the agent that it was given to; null where that is no client any more. */
  clientId: string | null;
  resource: string;
  scopes: string[];
  /** The only tools that it opens; null where its scopes say that. */
  tools: string[] | null;
  createdAtSeconds: number;
  expiresAtSeconds: number;
  revoked: boolean;
};

/** `GrantFacts` of the grant `g`, for a statement that finds it. */
export const GRANT_FACTS = `
  SELECT json_build_object('id', g.id, 'personId', p.id, 'personActive', p.status = 'active',
    'clientId', (SELECT c.client_id FROM oauth_client c WHERE c.agent_id = g.agent_id), 'resource', s.resource,
    'scopes', ARRAY(SELECT sc.name FROM oauth_grant_scope gs JOIN scope sc ON sc.id = gs.scope_id WHERE gs.grant_id = g.id),
    'tools', CASE WHEN g.declared THEN g.tools END, 'createdAtSeconds', extract(epoch FROM g.created_at),
    'expiresAtSeconds', extract(epoch FROM g.expires_at), 'revoked', g.revoked_at IS NOT NULL)
  FROM person p, mcp_server s WHERE p.id = g.person_id AND s.id = g.server_id`;

/** A grant by its id; null where there is none. */
export async function readGrant(id: string): Promise<GrantFacts | null> {
  const text = `SELECT (${GRANT_FACTS}) AS facts FROM oauth_grant g WHERE g.id = $1`;
  const [found] = await queryAlone<{ facts: GrantFacts }>({ name: "oauth-grant", text, values: [id] });
  return found?.facts ?? null;
}
