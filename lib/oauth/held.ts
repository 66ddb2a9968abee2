import "server-only";
import type { Tx } from "@/lib/db";
import { resolveScopes } from "@/lib/role/resolve";
import type { OfferedByServer } from "./resource";

/** Who holds roles: a person, or a machine agent in its own name. */
export type Holder = { personId: string } | { agentId: string };

/** The scopes of a server that a holder's roles give now, in the server's order. */
export async function heldScopes<S extends Pick<OfferedByServer, "name" | "access">>(
  tx: Tx,
  holder: Holder,
  server: { id: string; scopes: readonly S[] },
): Promise<S[]> {
  const holders = "personId" in holder ? { people: { some: holder } } : { agents: { some: holder } };
  const patterns = await tx.roleScope.findMany({
    where: { serverId: server.id, role: { archivedAt: null, ...holders } },
    select: { pattern: true },
  });
  return resolveScopes(
    patterns.map(({ pattern }) => pattern),
    server.scopes,
  );
}
