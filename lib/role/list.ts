import "server-only";
import { z } from "zod";
import { reach } from "@/lib/authz/require";
import { nowDate, type Ctx } from "@/lib/ctx";
import { decodeCursor, encodeCursor } from "@/lib/cursor";
import { GatehouseError } from "@/lib/errors";
import type { Prisma } from "@/lib/generated/prisma/client.ts";
import type { Page } from "@/lib/page";
import { defineRead } from "@/lib/verb";
import { roleSelect, toRoleDto } from "./dto";
import type { ListRolesInput, RoleDto } from "./schema";

const READ = { action: "role.read", permission: ["role.read", "role.read.own"] } as const;
const positionSchema = z.tuple([z.string()]);

/** The roles that match, within what the asking person may see. */
export function rolesWhere(ctx: Ctx, filter: Omit<ListRolesInput, "limit" | "cursor">): Prisma.RoleWhereInput {
  const { q, serverId, includeArchived } = filter;
  const within = reach(ctx, "role.read");
  return {
    ...(includeArchived ? {} : { archivedAt: null }),
    ...(serverId ? { scopes: { some: { serverId } } } : {}),
    ...(within.all ? {} : { people: { some: { personId: within.personId } } }),
    ...(q
      ? { OR: [{ name: { contains: q, mode: "insensitive" } }, { description: { contains: q, mode: "insensitive" } }] }
      : {}),
  };
}

/** Lists roles by id (so, by age), newest first. A member sees the ones that they hold. Errors: `invalid_cursor`. */
export const listRoles = defineRead(READ, async ({ ctx, db }, input: ListRolesInput): Promise<Page<RoleDto>> => {
  const { limit, cursor, q, serverId, includeArchived } = input;
  const scope = `roles:${JSON.stringify([q, serverId, includeArchived])}`;
  const after = cursor ? { id: { lt: decodeCursor(scope, cursor, positionSchema)[0] } } : {};
  const rows = await db.role.findMany({
    where: { AND: [rolesWhere(ctx, { q, serverId, includeArchived }), after] },
    orderBy: { id: "desc" },
    take: limit + 1,
    select: roleSelect(nowDate(ctx)),
  });
  const last = rows.length > limit ? rows[limit - 1] : undefined;
  return { items: rows.slice(0, limit).map(toRoleDto), nextCursor: last ? encodeCursor(scope, [last.id]) : null };
});

/** One role. Errors: `role_not_found`, also where a member does not hold it. */
export const getRole = defineRead(
  { ...READ, target: (input: { roleId: string }) => ({ kind: "role", id: input.roleId }) },
  async ({ ctx, db }, input): Promise<RoleDto> => {
    const within = reach(ctx, "role.read");
    const row = await db.role.findUnique({ where: { id: input.roleId }, select: roleSelect(nowDate(ctx)) });
    if (!row) throw new GatehouseError("role_not_found");
    if (!within.all) {
      const held = await db.personRole.count({ where: { personId: within.personId, roleId: row.id } });
      if (held === 0) throw new GatehouseError("role_not_found", { refusal: true, internal: "not theirs" });
    }
    return toRoleDto(row);
  },
);
