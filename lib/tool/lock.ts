import "server-only";
import { GatehouseError } from "@/lib/errors";
import { lockServer, type LockedServer } from "@/lib/server/lock";
import type { VerbScope } from "@/lib/verb";
import { toolSelect, toToolDto } from "./dto";
import type { ToolDto } from "./schema";

/** A tool and its server, locked until the transaction ends. Throws `tool_not_found`, `builtin_immutable`. */
export async function lockTool(
  scope: VerbScope,
  toolId: string,
): Promise<{ before: ToolDto; server: Pick<LockedServer, "id" | "name"> }> {
  const found = await scope.tx.tool.findUnique({ where: { id: toolId }, select: { serverId: true } });
  if (!found) throw new GatehouseError("tool_not_found");
  const { id, name } = await lockServer(scope, found.serverId);
  // Again, now that nobody else can change it: it may be gone.
  const row = await scope.tx.tool.findUnique({ where: { id: toolId }, select: toolSelect });
  if (!row) throw new GatehouseError("tool_not_found");
  return { before: toToolDto(row), server: { id, name } };
}
