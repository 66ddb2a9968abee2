import "server-only";
import { allOf } from "@/app/_lib/all-of";
import type { PersonCtx } from "@/app/_lib/ctx";
import type { RoleOption } from "@/components/role/role-checks";
import { listRoles } from "@/lib/role/list";
import { listRolesSchema } from "@/lib/role/schema";
import { BUILTIN_SERVER_ID } from "@/lib/server/builtin";

/** The roles that can be given, by name. */
export async function loadRoleOptions(ctx: PersonCtx): Promise<RoleOption[]> {
  const roles = await allOf((page) => listRoles(ctx, listRolesSchema.parse(page)));
  return roles
    .map(({ id, name, description, readOnly, serverIds }) => ({
      id,
      name,
      description,
      readOnly,
      administers: serverIds.includes(BUILTIN_SERVER_ID),
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}
