import "server-only";
import { db, type Tx } from "@/lib/db";
import type { Access } from "@/lib/server/schema";
import { normaliseResource } from "@/lib/validate/decide";

const SELECT = {
  id: true,
  name: true,
  resource: true,
  status: true,
  description: true,
  accessTokenFormat: true,
  accessTokenSeconds: true,
  requireDpop: true,
  scopes: {
    select: { id: true, name: true, access: true, description: true, needsApproval: true },
    orderBy: { name: "asc" },
  },
} as const;

const find = (tx: Tx) =>
  tx.mcpServer.findMany({ where: { builtin: false, status: "active" }, select: SELECT, orderBy: { id: "asc" } });

/** A server as a client may ask for it. */
export type ResourceServerRow = Awaited<ReturnType<typeof find>>[number];
export type OfferedByServer = { id: string; name: string; access: Access; description: string; needsApproval: boolean };

/**
 * The active server that a `resource` parameter (RFC 8707) means: exactly its canonical URI, or another spelling of it
 * (a trailing slash, the host's case, a default port). A bare origin means the one server that lives there; where several do,
 * none. Null where it means none.
 */
export async function findResource(indicator: string, tx: Tx = db()): Promise<ResourceServerRow | null> {
  const servers = await find(tx);
  const wanted = normaliseResource(indicator);
  const exact = servers.find(({ resource }) => normaliseResource(resource) === wanted);
  if (exact) return exact;
  const url = URL.canParse(indicator) ? new URL(indicator) : null;
  if (!url || url.pathname !== "/" || url.search || url.hash) return null;
  const [only, ...others] = servers.filter(({ resource }) => originOf(resource) === url.origin);
  return only && others.length === 0 ? only : null;
}

const originOf = (resource: string): string | null => (URL.canParse(resource) ? new URL(resource).origin : null);

/** The server that a client means that names none: the only one that there is. Null where there are several. */
export async function soleResource(tx: Tx = db()): Promise<ResourceServerRow | null> {
  const [only, ...others] = await find(tx);
  return only && others.length === 0 ? only : null;
}

/** What a client gets that asks for no scope: what only reads; where a server has nothing of the kind, everything. */
export function defaultScopes(server: Pick<ResourceServerRow, "scopes">): string[] {
  const reading = server.scopes.filter(({ access }) => access === "read");
  return (reading.length > 0 ? reading : server.scopes).map(({ name }) => name);
}
