import "server-only";
import { queryAlone, type Query } from "@/lib/db";

const NAMES = `
  SELECT sc.name FROM pregranted_scope ps JOIN scope sc ON sc.id = ps.scope_id WHERE ps.agent_id = $1 AND ps.server_id = $2
  ORDER BY sc.name`;

/** The names of the scopes that an admin adds to whatever the agent asks of the server. */
export async function pregrantedScopes(agentId: string, serverId: string, run: Query = queryAlone): Promise<string[]> {
  const values = [agentId, serverId];
  return (await run<{ name: string }>({ name: "pregranted-scopes", text: NAMES, values })).map(({ name }) => name);
}

/**
 * The same, and nobody takes one back before this is committed: whoever does, takes it out of the grant that is being made now
 * as well.
 */
export async function lockPregrantedScopes(agentId: string, serverId: string, run: Query): Promise<string[]> {
  const values = [agentId, serverId];
  const text = `${NAMES} FOR SHARE OF ps`;
  return (await run<{ name: string }>({ name: "lock-pregranted-scopes", text, values })).map(({ name }) => name);
}
