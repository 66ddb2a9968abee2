import "server-only";
import { nowDate } from "@/lib/ctx";
import { fieldError } from "@/lib/errors";
import { newId } from "@/lib/id";
import { defineVerb } from "@/lib/verb";
import { roleSelect, toRoleDto } from "./dto";
import { describePatterns, readPatterns, requireMayGiveBuiltin, serversOf } from "./grants";
import type { CreateRoleInput, RoleDto } from "./schema";

/**
 * Creates a role. Errors: `name_taken`, `unknown_scope` (`scopes.N`, `grants.N.scopes.M`), `server_not_found`,
 * `validation_failed` where it would give nothing, `forbidden` where it reaches the built-in server and the actor may
 * not make admins.
 */
export const createRole = defineVerb(
  { action: "role.create", permission: "role.write" },
  async ({ ctx, tx, record }, input: CreateRoleInput): Promise<RoleDto> => {
    const patterns = await readPatterns(tx, input);
    if (patterns.length === 0) throw fieldError("validation_failed", "scopes", "A role gives at least one scope.");
    await requireMayGiveBuiltin(ctx, tx, patterns);
    const now = nowDate(ctx);
    const { id } = await tx.role.create({
      data: {
        id: newId("role"),
        name: input.name,
        description: input.description,
        createdAt: now,
        scopes: { createMany: { data: patterns } },
      },
      select: { id: true },
    });
    const role = { id, name: input.name };
    record({
      action: "role.create",
      outcome: "success",
      target: { kind: "role", ...role },
      role,
      servers: await serversOf(tx, patterns),
      changes: [
        { field: "name", before: null, after: input.name },
        { field: "description", before: null, after: input.description },
        { field: "scopes", before: [], after: await describePatterns(tx, patterns) },
      ],
    });
    return toRoleDto(await tx.role.findUniqueOrThrow({ where: { id }, select: roleSelect(now) }));
  },
);
