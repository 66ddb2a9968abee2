import "server-only";
import { oneOf, queryAlone, type Query } from "@/lib/db";
import type { Access } from "@/lib/server/schema";
import { normaliseResource } from "@/lib/validate/decide";

export type OfferedByServer = { id: string; name: string; access: Access; description: string; needsApproval: boolean };

/** A server as a client may ask for it; its scopes by name. */
export type ResourceServerRow = {
  id: string;
  name: string;
  resource: string;
  description: string;
  accessTokenFormat: "jwt" | "opaque";
  accessTokenSeconds: number;
  requireDpop: boolean;
  scopes: OfferedByServer[];
};

const active = (which: string) => `
  SELECT s.id, s.name, s.resource, s.description, s.access_token_format::text AS "accessTokenFormat",
    s.access_token_seconds AS "accessTokenSeconds", s.require_dpop AS "requireDpop",
    coalesce((SELECT json_agg(json_build_object('id', sc.id, 'name', sc.name, 'access', sc.access, 'description', sc.description,
        'needsApproval', sc.needs_approval) ORDER BY sc.name)
      FROM scope sc WHERE sc.server_id = s.id), '[]') AS scopes
  FROM mcp_server s WHERE NOT s.builtin AND s.status = 'active' AND ${which} ORDER BY s.id`;
const SPELLED = active(`s.resource = ${oneOf("$1::text[]")}`);
const ALL = active("true");

const findAll = (run: Query) => run<ResourceServerRow>({ name: "oauth-servers", text: ALL });

/**
 * The active server that a `resource` parameter (RFC 8707) means: exactly its canonical URI, or another spelling of it
 * (a trailing slash, the host's case, a default port). A bare origin means the one server that lives there; where several do,
 * none. Null where it means none.
 */
export async function findResource(indicator: string, run: Query = queryAlone): Promise<ResourceServerRow | null> {
  if (indicator.includes("\0")) return null;
  const wanted = normaliseResource(indicator);
  // As nearly everybody spells it, on either side; all are read only where that is none.
  const spelled = [[indicator, wanted, `${wanted}/`]];
  const [same] = await run<ResourceServerRow>({ name: "oauth-server", text: SPELLED, values: spelled });
  if (same) return same;
  const servers = await findAll(run);
  const exact = servers.find(({ resource }) => normaliseResource(resource) === wanted);
  if (exact) return exact;
  const url = URL.canParse(indicator) ? new URL(indicator) : null;
  if (!url || url.pathname !== "/" || url.search || url.hash) return null;
  const [only, ...others] = servers.filter(({ resource }) => originOf(resource) === url.origin);
  return only && others.length === 0 ? only : null;
}

const originOf = (resource: string): string | null => (URL.canParse(resource) ? new URL(resource).origin : null);

/** The server that a client means that names none: the only one that there is. Null where there are several. */
export async function soleResource(): Promise<ResourceServerRow | null> {
  const [only, ...others] = await findAll(queryAlone);
  return only && others.length === 0 ? only : null;
}

/** What a client gets that asks for no scope: what only reads; where a server has nothing of the kind, everything. */
export function defaultScopes(server: Pick<ResourceServerRow, "scopes">): string[] {
  const reading = server.scopes.filter(({ access }) => access === "read");
  return (reading.length > 0 ? reading : server.scopes).map(({ name }) => name);
}
