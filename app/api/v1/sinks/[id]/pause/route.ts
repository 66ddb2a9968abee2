import { pauseSink } from "@/lib/audit/sinks/pause";
import { sinkSchema } from "@/lib/audit/sinks/schema";
import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/sinks/{id}/pause", {
  POST: endpoint({
    summary: "Stop shipping to a place for now; it goes on from the same entry",
    params: { id: "sink_not_found" },
    response: sinkSchema,
    verb: pauseSink,
    input: ({ params: { id } }) => ({ sinkId: id }),
  }),
});
