import "server-only";
import { GatehouseError } from "@/lib/errors";
import { lockServer, type LockedServer } from "@/lib/server/lock";
import type { VerbScope } from "@/lib/verb";
import { scopeSelect, toScopeDto } from "./dto";
import type { ScopeDto } from "./schema";

/** A scope and its server, locked until the transaction ends. Throws `scope_not_found`, `builtin_immutable`. */
export async function lockScope(
  scope: VerbScope,
  scopeId: string,
): Promise<{ before: ScopeDto; server: Pick<LockedServer, "id" | "name"> }> {
  const found = await scope.tx.scope.findUnique({ where: { id: scopeId }, select: { serverId: true } });
  if (!found) throw new GatehouseError("scope_not_found");
  const { id, name } = await lockServer(scope, found.serverId);
  // Again, now that nobody else can change it: it may be gone.
  const row = await scope.tx.scope.findUnique({ where: { id: scopeId }, select: scopeSelect });
  if (!row) throw new GatehouseError("scope_not_found");
  return { before: toScopeDto(row), server: { id, name } };
}
