import "server-only";
import { GatehouseError } from "@/lib/errors";
import { defineVerb } from "@/lib/verb";
import { lockScope } from "./lock";

const MAX_NAMED_TOOLS = 5;

/** `a, b and 3 more`. */
function sampleOf(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMED_TOOLS).join(", ");
  return names.length > MAX_NAMED_TOOLS ? `${shown} and ${names.length - MAX_NAMED_TOOLS} more` : shown;
}

/**
 * Removes a scope from its server, and from every token that was narrowed to it. Errors: `scope_not_found`,
 * `builtin_immutable`, `in_use` where tools require it.
 */
export const deleteScope = defineVerb(
  {
    action: "scope.delete",
    permission: "scope.write",
    target: (input: { scopeId: string }) => ({ kind: "scope", id: input.scopeId }),
  },
  async (scope, { scopeId }): Promise<void> => {
    const { before, server } = await lockScope(scope, scopeId);
    if (before.tools.length > 0)
      throw new GatehouseError("in_use", {
        detail: `Tools require this scope: ${sampleOf(before.tools)}. Change them first.`,
      });
    const narrowedTokens = await scope.tx.tokenScope.count({ where: { scopeId } });
    await scope.tx.scope.delete({ where: { id: scopeId } });
    scope.record({
      action: "scope.delete",
      outcome: "success",
      target: { kind: "scope", id: scopeId, name: before.name },
      server,
      changes: [
        { field: "name", before: before.name, after: null },
        { field: "access", before: before.access, after: null },
        { field: "description", before: before.description, after: null },
      ],
      details: { tokensThatLostIt: narrowedTokens },
    });
    await scope.narrow([{ kind: "server", id: server.id }]);
  },
);
