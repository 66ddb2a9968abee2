import { testSink } from "@/lib/audit/sinks/send-test";
import { testResultSchema } from "@/lib/audit/sinks/schema";
import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/sinks/{id}/test", {
  POST: endpoint({
    summary: "Send a test event, and hear what came of it",
    params: { id: "sink_not_found" },
    response: testResultSchema,
    verb: testSink,
    input: ({ params: { id } }) => ({ sinkId: id }),
  }),
});
