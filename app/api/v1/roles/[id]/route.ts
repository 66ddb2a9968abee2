import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";
import { archiveRole } from "@/lib/role/archive";
import { getRole } from "@/lib/role/list";
import { roleSchema, updateRoleSchema } from "@/lib/role/schema";
import { updateRole } from "@/lib/role/update";

const params = { id: "role_not_found" } as const;

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/roles/{id}", {
  GET: endpoint({
    summary: "Get a role",
    params,
    response: roleSchema,
    verb: getRole,
    input: ({ params: { id } }) => ({ roleId: id }),
  }),
  PATCH: endpoint({
    summary: "Change a role; what is left out stays",
    params,
    body: updateRoleSchema,
    response: roleSchema,
    verb: updateRole,
    input: ({ params: { id }, body }) => ({ ...body, roleId: id }),
    errors: ["name_taken", "builtin_immutable", "server_not_found", "unknown_scope"],
  }),
  DELETE: endpoint({
    summary: "Archive a role: tokens under it stop working",
    params,
    status: 204,
    verb: archiveRole,
    input: ({ params: { id } }) => ({ roleId: id }),
    errors: ["builtin_immutable"],
  }),
});
