import { replaySink } from "@/lib/audit/sinks/replay";
import { replaySchema, sinkSchema } from "@/lib/audit/sinks/schema";
import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/sinks/{id}/replay", {
  POST: endpoint({
    summary: "Ship every entry from an index or a moment on again",
    params: { id: "sink_not_found" },
    body: replaySchema,
    response: sinkSchema,
    verb: replaySink,
    input: ({ params: { id }, body }) => ({ ...body, sinkId: id }),
  }),
});
