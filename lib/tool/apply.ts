import "server-only";
import { requirePermission } from "@/lib/authz/require";
import type { Tx } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { newId } from "@/lib/id";
import { insertScopes } from "@/lib/scope/create";
import type { VerbScope } from "@/lib/verb";
import { scopesOf } from "./create";
import { differingFields, suggestAccess } from "./definition";
import type { ImportDiff, RegisteredTool } from "./diff";
import type { RemoteTool } from "./remote-tool";
import { toolAnnotationsSchema, toolDefinitionSchema, type ImportResult, type ToolDefinition } from "./schema";

/** A server's registered tools, as an import compares them. */
export async function readRegistered(db: Tx, serverId: string): Promise<RegisteredTool[]> {
  const rows = await db.tool.findMany({
    where: { serverId },
    select: {
      id: true,
      name: true,
      source: true,
      drift: true,
      title: true,
      description: true,
      annotations: true,
      inputSchema: true,
      pending: true,
    },
  });
  return rows.map(({ title, description, annotations, inputSchema, pending, ...row }) => ({
    ...row,
    definition: { title, description, annotations: toolAnnotationsSchema.parse(annotations), inputSchema },
    pending: pending === null ? null : toolDefinitionSchema.parse(pending),
  }));
}

/** A definition as the columns that hold the accepted one. */
export function acceptedColumns({ title, description, annotations, inputSchema }: ToolDefinition) {
  return {
    title,
    description,
    annotations,
    inputSchema: inputSchema === null ? Prisma.DbNull : (inputSchema as Prisma.InputJsonValue),
    suggestedAccess: suggestAccess(annotations),
    drift: "none" as const,
    pending: Prisma.DbNull,
  };
}

/**
 * Writes what an import found. `assigned` says to which scope new tools are opened; scopes that are missing are made,
 * and recorded.
 */
export async function applyDiff(
  scope: VerbScope,
  server: { id: string; name: string },
  diff: ImportDiff,
  assigned: ImportResult["added"],
): Promise<void> {
  const { tx } = scope;
  const ids = await insertTools(tx, server.id, diff.added);
  await openTools(scope, server, ids, assigned);
  for (const { tool, seen } of diff.adopted)
    await tx.tool.update({ where: { id: tool.id }, data: { ...acceptedColumns(seen.definition), source: "import" } });
  for (const { tool, seen } of diff.drifted) {
    if (tool.pending && differingFields(tool.pending, seen.definition).length === 0) continue;
    await tx.tool.update({
      where: { id: tool.id },
      data: { drift: "changed", pending: seen.definition as Prisma.InputJsonValue },
    });
  }
  await markAll(tx, diff.returned, "none");
  await markAll(
    tx,
    diff.removed.filter(({ drift }) => drift !== "removed"),
    "removed",
  );
}

async function markAll(tx: Tx, tools: readonly RegisteredTool[], drift: "none" | "removed"): Promise<void> {
  if (tools.length === 0) return;
  await tx.tool.updateMany({
    where: { id: { in: tools.map(({ id }) => id) } },
    data: { drift, pending: Prisma.DbNull },
  });
}

async function insertTools(tx: Tx, serverId: string, tools: readonly RemoteTool[]): Promise<Map<string, string>> {
  const ids = new Map(tools.map(({ name }) => [name, newId("tool")]));
  await tx.tool.createMany({
    data: tools.map(({ name, definition }) => ({
      ...acceptedColumns(definition),
      id: ids.get(name) ?? "",
      serverId,
      name,
      source: "import" as const,
    })),
  });
  return ids;
}

async function openTools(
  scope: VerbScope,
  server: { id: string; name: string },
  ids: ReadonlyMap<string, string>,
  assigned: ImportResult["added"],
): Promise<void> {
  if (assigned.length === 0) return;
  const known = await scopesOf(scope, server.id);
  const missing = new Map(
    assigned
      .filter(({ suggestedScope }) => !known.has(suggestedScope))
      .map(({ suggestedScope: name, suggestedAccess: access }) => [
        name,
        { name, access, description: "", needsApproval: false },
      ]),
  );
  if (missing.size > 0) requirePermission(scope.ctx, "scope.write");
  const made = await insertScopes(scope, server, [...missing.values()], "scopes");
  await scope.tx.toolScope.createMany({
    data: assigned.map(({ name, suggestedScope }) => ({
      toolId: ids.get(name) ?? "",
      scopeId: (known.get(suggestedScope) ?? made.get(suggestedScope))?.id ?? "",
      serverId: server.id,
    })),
  });
}
