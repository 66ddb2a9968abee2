import { retryDeadLetters } from "@/lib/audit/sinks/dead-letters";
import { deadLettersChangedSchema, someDeadLettersSchema } from "@/lib/audit/sinks/schema";
import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/sinks/{id}/dead-letters/retry", {
  POST: endpoint({
    summary: "Send dead letters again, some or all",
    params: { id: "sink_not_found" },
    body: someDeadLettersSchema,
    response: deadLettersChangedSchema,
    verb: retryDeadLetters,
    input: ({ params: { id }, body }) => ({ ...body, sinkId: id }),
  }),
});
