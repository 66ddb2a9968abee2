import { endpoint } from "@/lib/http/endpoint";
import { pageOf } from "@/lib/http/page-schema";
import { defineRoute } from "@/lib/http/route";
import { createRole } from "@/lib/role/create";
import { listRoles } from "@/lib/role/list";
import { createRoleSchema, listRolesSchema, roleSchema } from "@/lib/role/schema";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/roles", {
  GET: endpoint({
    summary: "List roles, newest first",
    query: listRolesSchema,
    response: pageOf(roleSchema),
    verb: listRoles,
    input: ({ query }) => query,
    errors: ["invalid_cursor"],
  }),
  POST: endpoint({
    summary: "Create a role",
    body: createRoleSchema,
    response: roleSchema,
    status: 201,
    verb: createRole,
    input: ({ body }) => body,
    errors: ["name_taken", "server_not_found", "unknown_scope"],
  }),
});
