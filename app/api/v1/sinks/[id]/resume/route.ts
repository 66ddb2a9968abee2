import { resumeSink } from "@/lib/audit/sinks/pause";
import { sinkSchema } from "@/lib/audit/sinks/schema";
import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/sinks/{id}/resume", {
  POST: endpoint({
    summary: "Ship to a paused place again, from where it stopped",
    params: { id: "sink_not_found" },
    response: sinkSchema,
    verb: resumeSink,
    input: ({ params: { id } }) => ({ sinkId: id }),
  }),
});
