import "server-only";
import { reach } from "@/lib/authz/require";
import type { Ctx } from "@/lib/ctx";
import type { Prisma } from "@/lib/generated/prisma/client.ts";

/** What a read of servers (their scopes, their tools) is permitted and recorded as. */
export const SERVER_READ = { action: "server.read", permission: ["server.read", "server.read.own"] } as const;

/** The servers that the actor may see: all, or those that a role they hold names. Throws as `reach` does. */
export function visibleServers(ctx: Ctx): Prisma.McpServerWhereInput {
  const within = reach(ctx, "server.read");
  if (within.all) return {};
  return { roleScopes: { some: { role: { archivedAt: null, people: { some: { personId: within.personId } } } } } };
}
