import { endpoint } from "@/lib/http/endpoint";
import { pageOf } from "@/lib/http/page-schema";
import { defineRoute } from "@/lib/http/route";
import { createTool } from "@/lib/tool/create";
import { listTools } from "@/lib/tool/list";
import { createToolSchema, listToolsSchema, toolSchema } from "@/lib/tool/schema";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/tools", {
  GET: endpoint({
    summary: "List tools",
    query: listToolsSchema,
    response: pageOf(toolSchema),
    verb: listTools,
    input: ({ query }) => query,
    errors: ["invalid_cursor"],
  }),
  POST: endpoint({
    summary: "Create a tool",
    body: createToolSchema,
    response: toolSchema,
    status: 201,
    verb: createTool,
    input: ({ body }) => body,
    errors: ["server_not_found", "builtin_immutable", "name_taken", "unknown_scope"],
  }),
});
