import { endpoint } from "@/lib/http/endpoint";
import { pageOf } from "@/lib/http/page-schema";
import { defineRoute } from "@/lib/http/route";
import { createServer } from "@/lib/server/create";
import { listServers } from "@/lib/server/list";
import { createServerSchema, listServersSchema, serverSchema } from "@/lib/server/schema";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/servers", {
  GET: endpoint({
    summary: "List MCP servers, newest first",
    query: listServersSchema,
    response: pageOf(serverSchema),
    verb: listServers,
    input: ({ query }) => query,
    errors: ["invalid_cursor"],
  }),
  POST: endpoint({
    summary: "Create an MCP server",
    body: createServerSchema,
    response: serverSchema,
    status: 201,
    verb: createServer,
    input: ({ body }) => body,
    errors: ["name_taken", "slug_taken", "resource_taken", "unknown_scope"],
  }),
});
