import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";
import { deleteScope } from "@/lib/scope/delete";
import { getScope } from "@/lib/scope/list";
import { scopeSchema, updateScopeSchema } from "@/lib/scope/schema";
import { updateScope } from "@/lib/scope/update";

const params = { id: "scope_not_found" } as const;

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/scopes/{id}", {
  GET: endpoint({
    summary: "Get a scope",
    params,
    response: scopeSchema,
    verb: getScope,
    input: ({ params: { id } }) => ({ scopeId: id }),
  }),
  PATCH: endpoint({
    summary: "Change a scope; what is left out stays",
    params,
    body: updateScopeSchema,
    response: scopeSchema,
    verb: updateScope,
    input: ({ params: { id }, body }) => ({ ...body, scopeId: id }),
    errors: ["builtin_immutable"],
  }),
  DELETE: endpoint({
    summary: "Remove a scope, also from the tokens that were narrowed to it",
    params,
    status: 204,
    verb: deleteScope,
    input: ({ params: { id } }) => ({ scopeId: id }),
    errors: ["builtin_immutable", "in_use"],
  }),
});
