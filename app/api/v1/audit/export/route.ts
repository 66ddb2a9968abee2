import { exportAudit } from "@/lib/audit/export";
import { exportAuditSchema } from "@/lib/audit/schema";
import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";
import { textStream } from "@/lib/http/text-stream";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/audit/export", {
  GET: endpoint({
    summary: "Export everything that matches, oldest first; the export itself is recorded",
    query: exportAuditSchema,
    downloads: ["text/csv", "application/x-ndjson"],
    verb: exportAudit,
    input: ({ query }) => query,
    respond: ({ filename, contentType, chunks }) =>
      new Response(textStream(chunks), {
        headers: { "content-type": contentType, "content-disposition": `attachment; filename="${filename}"` },
      }),
  }),
});
