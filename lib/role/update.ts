import "server-only";
import { changesBetween } from "@/lib/audit/changes";
import type { FieldChange } from "@/lib/audit/entry";
import { nowDate } from "@/lib/ctx";
import { fieldError, GatehouseError } from "@/lib/errors";
import { defineVerb, type VerbScope } from "@/lib/verb";
import { roleSelect, toRoleDto } from "./dto";
import {
  describePatterns,
  patternsMissingFrom,
  readPatterns,
  requireMayGiveBuiltin,
  serversOf,
  type RolePattern,
  type WrittenPatterns,
} from "./grants";
import type { RoleDto, UpdateRoleInput } from "./schema";

/** The role's row, locked until the transaction ends. Throws `role_not_found`, `builtin_immutable`. */
export async function lockRole({ tx }: VerbScope, roleId: string) {
  await tx.$executeRaw`SELECT 1 FROM role WHERE id = ${roleId} FOR UPDATE`;
  const row = await tx.role.findUnique({
    where: { id: roleId },
    select: {
      id: true,
      name: true,
      description: true,
      builtin: true,
      archivedAt: true,
      scopes: { select: { serverId: true, pattern: true } },
    },
  });
  if (!row) throw new GatehouseError("role_not_found");
  if (row.builtin) throw new GatehouseError("builtin_immutable", { detail: "The built-in role cannot be changed." });
  return row;
}

/** Makes the written patterns the whole set. Returns the change for the entry, the patterns that came or went, and whether one was taken. */
async function replacePatterns(
  { ctx, tx }: VerbScope,
  roleId: string,
  before: readonly RolePattern[],
  written: WrittenPatterns,
): Promise<{ change: FieldChange | null; touched: readonly RolePattern[]; taken: boolean }> {
  const after = await readPatterns(tx, written, before);
  const added = patternsMissingFrom(before, after);
  const taken = patternsMissingFrom(after, before);
  if (added.length === 0 && taken.length === 0) return { change: null, touched: [], taken: false };
  await requireMayGiveBuiltin(ctx, tx, added);
  if (taken.length > 0) await tx.roleScope.deleteMany({ where: { roleId, OR: taken } });
  await tx.roleScope.createMany({ data: added.map((row) => ({ roleId, ...row })) });
  const change = {
    field: "scopes",
    before: await describePatterns(tx, before),
    after: await describePatterns(tx, after),
  };
  return { change, touched: [...added, ...taken], taken: taken.length > 0 };
}

/**
 * Changes a role; what is left out stays. `scopes` (with `serverIds`) and `grants` together are its whole set of
 * patterns from now on; taking one away takes it from every token at once. Errors: `role_not_found`,
 * `builtin_immutable`, `not_live` (archived), `name_taken`, and those of `readPatterns` and `requireMayGiveBuiltin`.
 */
export const updateRole = defineVerb(
  {
    action: "role.update",
    permission: "role.write",
    target: (input: UpdateRoleInput) => ({ kind: "role", id: input.roleId }),
  },
  async (scope, input): Promise<RoleDto> => {
    const { ctx, tx, record } = scope;
    const before = await lockRole(scope, input.roleId);
    if (before.archivedAt) throw new GatehouseError("not_live", { detail: "This role is archived." });
    const { name, description, scopes, serverIds, grants } = input;
    if (serverIds && scopes === undefined)
      throw fieldError("validation_failed", "serverIds", "Give the scopes together with the servers.");
    const changes = changesBetween({ name: before.name, description: before.description }, { name, description });
    const patterns =
      scopes !== undefined || grants !== undefined
        ? await replacePatterns(scope, before.id, before.scopes, { scopes, serverIds, grants })
        : { change: null, touched: [], taken: false };
    if (patterns.change) changes.push(patterns.change);
    if (changes.length > 0) {
      await tx.role.update({ where: { id: before.id }, data: { name, description, updatedAt: nowDate(ctx) } });
      const role = { id: before.id, name: name ?? before.name };
      const servers = await serversOf(tx, patterns.touched);
      record({ action: "role.update", outcome: "success", target: { kind: "role", ...role }, role, servers, changes });
    }
    const row = await tx.role.findUniqueOrThrow({ where: { id: before.id }, select: roleSelect(nowDate(ctx)) });
    if (patterns.taken) await scope.narrow([{ kind: "role", id: before.id }]);
    return toRoleDto(row);
  },
);
