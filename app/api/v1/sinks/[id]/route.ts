import { deleteSink } from "@/lib/audit/sinks/delete";
import { getSink } from "@/lib/audit/sinks/list";
import { changeSinkSchema, sinkSchema } from "@/lib/audit/sinks/schema";
import { updateSink } from "@/lib/audit/sinks/update";
import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";

const params = { id: "sink_not_found" } as const;

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/sinks/{id}", {
  GET: endpoint({
    summary: "Get a place that the audit log is shipped to, with its lag at this moment",
    params,
    response: sinkSchema,
    verb: getSink,
    input: ({ params: { id } }) => ({ sinkId: id }),
  }),
  PATCH: endpoint({
    summary: "Change a sink; what is left out stays, settings are replaced as a whole",
    params,
    body: changeSinkSchema,
    response: sinkSchema,
    verb: updateSink,
    input: ({ params: { id }, body }) => ({ ...body, sinkId: id }),
    errors: ["name_taken"],
  }),
  DELETE: endpoint({
    summary: "Remove a sink, with its secret and its dead letters",
    params,
    status: 204,
    verb: deleteSink,
    input: ({ params: { id } }) => ({ sinkId: id }),
  }),
});
