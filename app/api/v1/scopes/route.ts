import { endpoint } from "@/lib/http/endpoint";
import { pageOf } from "@/lib/http/page-schema";
import { defineRoute } from "@/lib/http/route";
import { createScope } from "@/lib/scope/create";
import { listScopes } from "@/lib/scope/list";
import { createScopeSchema, listScopesSchema, scopeSchema } from "@/lib/scope/schema";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/scopes", {
  GET: endpoint({
    summary: "List scopes, by name",
    query: listScopesSchema,
    response: pageOf(scopeSchema),
    verb: listScopes,
    input: ({ query }) => query,
    errors: ["invalid_cursor"],
  }),
  POST: endpoint({
    summary: "Create a scope",
    body: createScopeSchema,
    response: scopeSchema,
    status: 201,
    verb: createScope,
    input: ({ body }) => body,
    errors: ["server_not_found", "builtin_immutable", "name_taken"],
  }),
});
