import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";
import { getServer } from "@/lib/server/list";
import { serverSchema, updateServerSchema } from "@/lib/server/schema";
import { updateServer } from "@/lib/server/update";

const params = { id: "server_not_found" } as const;

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/servers/{id}", {
  GET: endpoint({
    summary: "Get an MCP server",
    params,
    response: serverSchema,
    verb: getServer,
    input: ({ params: { id } }) => ({ serverId: id }),
  }),
  PATCH: endpoint({
    summary: "Change an MCP server; what is left out stays",
    params,
    body: updateServerSchema,
    response: serverSchema,
    verb: updateServer,
    input: ({ params: { id }, body }) => ({ ...body, serverId: id }),
    errors: ["builtin_immutable", "name_taken", "slug_taken", "resource_taken"],
  }),
});
