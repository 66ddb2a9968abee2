import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";
import { importTools } from "@/lib/tool/import";
import { importResultSchema, importToolsSchema } from "@/lib/tool/schema";

const params = { id: "server_not_found" } as const;

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/servers/{id}/tools/import", {
  POST: endpoint({
    summary: "Import the tools of the live server, and see what changed since",
    params,
    body: importToolsSchema,
    response: importResultSchema,
    verb: importTools,
    input: ({ params: { id }, body }) => ({ ...body, serverId: id }),
    errors: ["builtin_immutable", "import_failed", "import_target_refused"],
  }),
});
