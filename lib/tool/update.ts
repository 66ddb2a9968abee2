import "server-only";
import type { FieldChange } from "@/lib/audit/entry";
import { fieldError } from "@/lib/errors";
import { defineVerb, type VerbScope } from "@/lib/verb";
import { acceptedColumns } from "./apply";
import { requireScopes, scopesOf } from "./create";
import { sameDefinitionPart } from "./definition";
import { toolSelect, toToolDto } from "./dto";
import { lockTool } from "./lock";
import type { ToolDto, UpdateToolInput } from "./schema";

type Work = { scope: VerbScope; before: ToolDto; server: { id: string; name: string } };

/** Makes `wanted` the whole set of required scopes. True where callers lose something by it. */
async function setScopes({ scope, before, server }: Work, wanted: readonly string[], changes: FieldChange[]) {
  const required = requireScopes(wanted, await scopesOf(scope, server.id), "scopes");
  const after = [...new Set(wanted)].sort();
  const held = [...before.scopes].sort();
  if (JSON.stringify(after) === JSON.stringify(held)) return false;
  await scope.tx.toolScope.deleteMany({ where: { toolId: before.id } });
  await scope.tx.toolScope.createMany({
    data: required.map(({ id }) => ({ toolId: before.id, scopeId: id, serverId: server.id })),
  });
  await scope.tx.tool.update({ where: { id: before.id }, data: { updatedAt: new Date() } });
  changes.push({ field: "scopes", before: held, after });
  const wasOpen = held.length > 0;
  return wasOpen && (after.length === 0 || after.some((name) => !held.includes(name)));
}

async function setDescription({ scope, before }: Work, description: string, changes: FieldChange[]): Promise<void> {
  if (description === before.description) return;
  if (before.source === "import")
    throw fieldError("validation_failed", "description", "The description of an imported tool is the server's own.");
  await scope.tx.tool.update({ where: { id: before.id }, data: { description } });
  changes.push({ field: "description", before: before.description, after: description });
}

/** Puts the definition that the last import saw in force. Without drift there is nothing to accept, and no entry. */
async function acceptDrift({ scope, before, server }: Work): Promise<void> {
  if (before.drift === "none") return;
  if (before.drift === "removed" || !before.pending)
    throw fieldError("validation_failed", "acceptDrift", "The server no longer lists this tool: delete it instead.");
  const { title, description, annotations, inputSchema } = before.pending;
  const columns = acceptedColumns(before.pending);
  await scope.tx.tool.update({ where: { id: before.id }, data: columns });
  // Schemas are too long for the log; that one changed is not.
  const changes: FieldChange[] = [
    { field: "title", before: before.title, after: title },
    { field: "description", before: before.description, after: description },
    { field: "annotations", before: before.annotations, after: annotations },
    { field: "suggestedAccess", before: before.suggestedAccess, after: columns.suggestedAccess },
  ];
  scope.record({
    action: "tool.accept",
    outcome: "success",
    target: { kind: "tool", id: before.id, name: before.name },
    server,
    tool: before.name,
    changes: changes.filter((change) => JSON.stringify(change.before) !== JSON.stringify(change.after)),
    details: { inputSchemaChanged: !sameDefinitionPart(before.inputSchema, inputSchema) },
  });
}

/**
 * Changes a tool; what is left out stays. Asking for one more scope, or closing the tool, takes effect at once.
 * Errors: `tool_not_found`, `builtin_immutable`, `unknown_scope` (field `scopes.<n>`), `validation_failed` for the
 * description of an imported tool, or for accepting a tool that the server no longer lists.
 */
export const updateTool = defineVerb(
  {
    action: "tool.update",
    permission: "tool.write",
    target: (input: UpdateToolInput) => ({ kind: "tool", id: input.toolId }),
  },
  async (scope, input): Promise<ToolDto> => {
    const work: Work = { scope, ...(await lockTool(scope, input.toolId)) };
    const { before, server } = work;
    const changes: FieldChange[] = [];
    const narrows = input.scopes ? await setScopes(work, input.scopes, changes) : false;
    if (input.description !== undefined) await setDescription(work, input.description, changes);
    if (changes.length > 0)
      scope.record({
        action: "tool.update",
        outcome: "success",
        target: { kind: "tool", id: before.id, name: before.name },
        server,
        tool: before.name,
        changes,
      });
    if (input.acceptDrift) await acceptDrift(work);
    const row = await scope.tx.tool.findUniqueOrThrow({ where: { id: before.id }, select: toolSelect });
    if (narrows) await scope.narrow([{ kind: "server", id: server.id }]);
    return toToolDto(row);
  },
);
