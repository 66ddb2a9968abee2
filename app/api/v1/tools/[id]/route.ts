import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";
import { deleteTool } from "@/lib/tool/delete";
import { getTool } from "@/lib/tool/list";
import { toolSchema, updateToolSchema } from "@/lib/tool/schema";
import { updateTool } from "@/lib/tool/update";

const params = { id: "tool_not_found" } as const;

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/tools/{id}", {
  GET: endpoint({
    summary: "Get a tool",
    params,
    response: toolSchema,
    verb: getTool,
    input: ({ params: { id } }) => ({ toolId: id }),
  }),
  PATCH: endpoint({
    summary: "Change a tool; what is left out stays",
    params,
    body: updateToolSchema,
    response: toolSchema,
    verb: updateTool,
    input: ({ params: { id }, body }) => ({ ...body, toolId: id }),
    errors: ["builtin_immutable", "unknown_scope"],
  }),
  DELETE: endpoint({
    summary: "Remove a tool: calls of it are refused from now on",
    params,
    status: 204,
    verb: deleteTool,
    input: ({ params: { id } }) => ({ toolId: id }),
    errors: ["builtin_immutable"],
  }),
});
