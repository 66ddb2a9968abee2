import "server-only";
import { defineVerb } from "@/lib/verb";
import { lockTool } from "./lock";

/**
 * Removes a tool: calls of it are `unknown_tool` from now on. Its entries in the log stay.
 * Errors: `tool_not_found`, `builtin_immutable`.
 */
export const deleteTool = defineVerb(
  {
    action: "tool.delete",
    permission: "tool.write",
    target: (input: { toolId: string }) => ({ kind: "tool", id: input.toolId }),
  },
  async (scope, { toolId }): Promise<void> => {
    const { before, server } = await lockTool(scope, toolId);
    await scope.tx.tool.delete({ where: { id: toolId } });
    scope.record({
      action: "tool.delete",
      outcome: "success",
      target: { kind: "tool", id: toolId, name: before.name },
      server,
      tool: before.name,
      changes: [
        { field: "name", before: before.name, after: null },
        { field: "scopes", before: before.scopes, after: null },
        { field: "description", before: before.description, after: null },
      ],
    });
    await scope.narrow([{ kind: "server", id: server.id }]);
  },
);
