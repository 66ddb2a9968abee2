import "server-only";
import { fieldError } from "@/lib/errors";
import { newId } from "@/lib/id";
import type { KnownScope } from "@/lib/scope/create";
import { lockServer } from "@/lib/server/lock";
import { defineVerb, type VerbScope } from "@/lib/verb";
import { toolSelect, toToolDto, widestAccess } from "./dto";
import type { CreateToolInput, ToolDto } from "./schema";

type NewTool = { name: string; scopes: readonly string[]; description: string };

/** The server's scopes by name. */
export async function scopesOf({ tx }: VerbScope, serverId: string): Promise<Map<string, KnownScope>> {
  const rows = await tx.scope.findMany({ where: { serverId }, select: { id: true, name: true, access: true } });
  return new Map(rows.map(({ name, ...known }) => [name, known]));
}

/** The scopes of these names, each once. Throws `unknown_scope` for the field `<path>.<n>`. */
export function requireScopes(
  names: readonly string[],
  known: ReadonlyMap<string, KnownScope>,
  path: string,
): KnownScope[] {
  const required = new Map<string, KnownScope>();
  for (const [i, name] of names.entries()) {
    const scope = known.get(name);
    if (!scope) throw fieldError("unknown_scope", `${path}.${i}`, `The server has no scope ${name}.`);
    required.set(name, scope);
  }
  return [...required.values()];
}

/**
 * Adds tools to a server by hand and records each. Throws `name_taken` (field `<path>.<n>.name`) where one is given
 * twice, `unknown_scope` (field `<path>.<n>.scopes.<m>`).
 */
export async function insertTools(
  { tx, record }: VerbScope,
  server: { id: string; name: string },
  tools: readonly NewTool[],
  known: ReadonlyMap<string, KnownScope>,
  path: string,
): Promise<void> {
  const seen = new Set<string>();
  const rows = tools.map(({ name, description, scopes }, i) => {
    if (seen.has(name)) throw fieldError("name_taken", `${path}.${i}.name`, "This tool is given twice.");
    seen.add(name);
    return { id: newId("tool"), name, description, required: requireScopes(scopes, known, `${path}.${i}.scopes`) };
  });
  await tx.tool.createMany({
    data: rows.map(({ id, name, description, required }) => ({
      id,
      name,
      description,
      serverId: server.id,
      source: "manual" as const,
      suggestedAccess: widestAccess(required.map(({ access }) => access)) ?? "write",
    })),
  });
  await tx.toolScope.createMany({
    data: rows.flatMap(({ id, required }) =>
      required.map((scope) => ({ toolId: id, scopeId: scope.id, serverId: server.id })),
    ),
  });
  for (const [i, { id, name, description }] of rows.entries())
    record({
      action: "tool.create",
      outcome: "success",
      target: { kind: "tool", id, name },
      server,
      tool: name,
      changes: [
        { field: "name", before: null, after: name },
        { field: "scopes", before: null, after: tools[i]?.scopes ?? [] },
        { field: "description", before: null, after: description },
      ],
    });
}

/**
 * Adds a tool by hand. One that requires no scope is closed to everybody. Errors: `server_not_found`,
 * `builtin_immutable`, `name_taken`, `unknown_scope` (field `scopes.<n>`).
 */
export const createTool = defineVerb(
  {
    action: "tool.create",
    permission: "tool.write",
    target: (input: CreateToolInput) => ({ kind: "server", id: input.serverId }),
  },
  async (scope, { serverId, ...wanted }): Promise<ToolDto> => {
    const server = await lockServer(scope, serverId);
    const known = await scopesOf(scope, serverId);
    requireScopes(wanted.scopes, known, "scopes");
    await insertTools(scope, { id: server.id, name: server.name }, [wanted], known, "tools");
    const where = { serverId_name: { serverId, name: wanted.name } };
    return toToolDto(await scope.tx.tool.findUniqueOrThrow({ where, select: toolSelect }));
  },
);
