import "server-only";
import { nowDate } from "@/lib/ctx";
import { defineVerb } from "@/lib/verb";
import { roleSelect, toRoleDto } from "./dto";
import { serversOf } from "./grants";
import type { RoleDto } from "./schema";
import { lockRole } from "./update";

/**
 * Archives a role: every token under it stops working at once, nobody can be given it, and its name is free again.
 * Who held it stays on record. Archiving an archived role changes nothing. Errors: `role_not_found`,
 * `builtin_immutable`.
 */
export const archiveRole = defineVerb(
  {
    action: "role.archive",
    permission: "role.write",
    target: (input: { roleId: string }) => ({ kind: "role", id: input.roleId }),
    foresee: async (_ctx, db, { roleId: id }) =>
      (await db.role.count({ where: { id, archivedAt: null } })) > 0 ? [{ kind: "role", id }] : [],
  },
  async (scope, input): Promise<RoleDto> => {
    const { ctx, tx, record } = scope;
    const role = await lockRole(scope, input.roleId);
    const now = nowDate(ctx);
    if (!role.archivedAt) {
      await tx.role.update({ where: { id: role.id }, data: { archivedAt: now } });
      const named = { id: role.id, name: role.name };
      const changes = [{ field: "archivedAt", before: null, after: now.toISOString() }];
      const servers = await serversOf(tx, role.scopes);
      const target = { kind: "role", ...named } as const;
      record({ action: "role.archive", outcome: "success", target, role: named, servers, changes });
    }
    const row = await tx.role.findUniqueOrThrow({ where: { id: role.id }, select: roleSelect(now) });
    if (!role.archivedAt) await scope.narrow([{ kind: "role", id: role.id }]);
    return toRoleDto(row);
  },
);
