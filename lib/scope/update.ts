import "server-only";
import { changesBetween } from "@/lib/audit/changes";
import { defineVerb } from "@/lib/verb";
import { scopeSelect, toScopeDto } from "./dto";
import { lockScope } from "./lock";
import type { ScopeDto, UpdateScopeInput } from "./schema";

/**
 * Changes a scope; what is left out stays. Another access may take it from read-only tokens at once; so does needing an
 * admin's agreement from agents that hold it without one.
 * Errors: `scope_not_found`, `builtin_immutable`.
 */
export const updateScope = defineVerb(
  {
    action: "scope.update",
    permission: "scope.write",
    target: (input: UpdateScopeInput) => ({ kind: "scope", id: input.scopeId }),
  },
  async (scope, { scopeId, ...wanted }): Promise<ScopeDto> => {
    const { before, server } = await lockScope(scope, scopeId);
    const changes = changesBetween(before, wanted);
    if (changes.length === 0) return before;
    const row = await scope.tx.scope.update({ where: { id: scopeId }, data: wanted, select: scopeSelect });
    scope.record({
      action: "scope.update",
      outcome: "success",
      target: { kind: "scope", id: scopeId, name: before.name },
      server,
      changes,
    });
    const narrows = changes.some(({ field, after }) => field === "access" || (field === "needsApproval" && after));
    if (narrows) await scope.narrow([{ kind: "server", id: server.id }]);
    return toScopeDto(row);
  },
);
