import "server-only";
import { fieldError } from "@/lib/errors";
import { newId } from "@/lib/id";
import type { Access } from "@/lib/server/schema";
import { lockServer } from "@/lib/server/lock";
import { defineVerb, type VerbScope } from "@/lib/verb";
import { scopeSelect, toScopeDto } from "./dto";
import type { CreateScopeInput, ScopeDto } from "./schema";

type NewScope = { name: string; access: Access; description: string; needsApproval: boolean };

/** A scope as a tool's requirements refer to it. */
export type KnownScope = { id: string; access: Access };

/**
 * Adds scopes to a server and records each. Returns them by name. Throws `name_taken` (field `<path>.<n>.name`) where one
 * is given twice.
 */
export async function insertScopes(
  { tx, record }: VerbScope,
  server: { id: string; name: string },
  scopes: readonly NewScope[],
  path: string,
): Promise<Map<string, KnownScope>> {
  const known = new Map<string, KnownScope>();
  for (const [i, { name, access }] of scopes.entries()) {
    if (known.has(name)) throw fieldError("name_taken", `${path}.${i}.name`, "This scope is given twice.");
    known.set(name, { id: newId("scope"), access });
  }
  await tx.scope.createMany({
    data: scopes.map((scope) => ({ ...scope, id: known.get(scope.name)?.id ?? "", serverId: server.id })),
  });
  for (const { name, access, description, needsApproval } of scopes)
    record({
      action: "scope.create",
      outcome: "success",
      target: { kind: "scope", id: known.get(name)?.id ?? "", name },
      server,
      changes: [
        { field: "name", before: null, after: name },
        { field: "access", before: null, after: access },
        { field: "description", before: null, after: description },
        { field: "needsApproval", before: null, after: needsApproval },
      ],
    });
  return known;
}

/**
 * Adds a scope to a server. Roles whose wildcard matches it give it from now on; narrowed tokens stay as they are.
 * Errors: `server_not_found`, `builtin_immutable`, `name_taken`.
 */
export const createScope = defineVerb(
  {
    action: "scope.create",
    permission: "scope.write",
    target: (input: CreateScopeInput) => ({ kind: "server", id: input.serverId }),
  },
  async (scope, { serverId, ...wanted }): Promise<ScopeDto> => {
    const server = await lockServer(scope, serverId);
    await insertScopes(scope, { id: server.id, name: server.name }, [wanted], "scopes");
    const where = { serverId_name: { serverId, name: wanted.name } };
    return toScopeDto(await scope.tx.scope.findUniqueOrThrow({ where, select: scopeSelect }));
  },
);
