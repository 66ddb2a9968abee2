import "server-only";
import { GatehouseError } from "@/lib/errors";
import type { VerbScope } from "@/lib/verb";
import type { AuditLevel } from "./schema";

/** What a verb that changes a server, or anything of it, has in hand. */
export type LockedServer = {
  id: string;
  slug: string;
  name: string;
  resource: string;
  description: string;
  status: "active" | "disabled";
  maxTokenLifetimeSeconds: number | null;
  accessTokenFormat: "jwt" | "opaque";
  accessTokenSeconds: number;
  requireDpop: boolean;
  auditLevel: AuditLevel;
  importUrl: string | null;
};

/**
 * The server's row, locked until the transaction ends: changes of one server, its scopes, tools and keys take turns.
 * Throws `server_not_found`, and `builtin_immutable` for the built-in server.
 */
export async function lockServer({ tx }: VerbScope, serverId: string): Promise<LockedServer> {
  // NO KEY: a token being minted for the server (a foreign key's check) need not wait.
  await tx.$executeRaw`SELECT 1 FROM mcp_server WHERE id = ${serverId} FOR NO KEY UPDATE`;
  const row = await tx.mcpServer.findUnique({
    where: { id: serverId },
    select: {
      id: true,
      slug: true,
      name: true,
      resource: true,
      description: true,
      status: true,
      maxTokenLifetimeSeconds: true,
      accessTokenFormat: true,
      accessTokenSeconds: true,
      requireDpop: true,
      auditLevel: true,
      importUrl: true,
      builtin: true,
    },
  });
  if (!row) throw new GatehouseError("server_not_found");
  const { builtin, ...server } = row;
  if (builtin)
    throw new GatehouseError("builtin_immutable", {
      detail: "The built-in server is Gatehouse's own admin API: its scopes, tools and keys are fixed.",
    });
  return server;
}
