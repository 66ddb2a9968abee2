import "server-only";
import { nowDate } from "@/lib/ctx";
import { CONSOLE_PAGE_SIZE, type NumberedPage } from "@/lib/page";
import { defineRead } from "@/lib/verb";
import { roleSelect, toRoleDto } from "./dto";
import { rolesWhere } from "./list";
import type { PageRolesInput, RoleDto } from "./schema";

/**
 * A page of roles by number, `CONSOLE_PAGE_SIZE` rows, with the exact total. A page behind the last one is empty. A
 * member sees the ones that they hold.
 */
export const pageRoles = defineRead(
  { action: "role.read", permission: ["role.read", "role.read.own"] },
  async ({ ctx, db }, input: PageRolesInput): Promise<NumberedPage<RoleDto>> => {
    const { page, sort, order } = input;
    const where = rolesWhere(ctx, input);
    const [total, rows] = await Promise.all([
      db.role.count({ where }),
      db.role.findMany({
        where,
        orderBy: sort === "name" ? [{ name: order }, { id: order }] : [{ id: order }],
        take: CONSOLE_PAGE_SIZE,
        skip: (page - 1) * CONSOLE_PAGE_SIZE,
        select: roleSelect(nowDate(ctx)),
      }),
    ]);
    return { items: rows.map(toRoleDto), total, page, pageSize: CONSOLE_PAGE_SIZE };
  },
);
