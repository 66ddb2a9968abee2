import { listDeadLetters } from "@/lib/audit/sinks/dead-letters";
import { deadLetterSchema } from "@/lib/audit/sinks/schema";
import { endpoint } from "@/lib/http/endpoint";
import { pageOf } from "@/lib/http/page-schema";
import { defineRoute } from "@/lib/http/route";
import { pageQuerySchema } from "@/lib/page";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/sinks/{id}/dead-letters", {
  GET: endpoint({
    summary: "List the entries that a sink's receiver refused for good, oldest first",
    params: { id: "sink_not_found" },
    query: pageQuerySchema,
    response: pageOf(deadLetterSchema),
    verb: listDeadLetters,
    input: ({ params: { id }, query }) => ({ ...query, sinkId: id }),
    errors: ["invalid_cursor"],
  }),
});
