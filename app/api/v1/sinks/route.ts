import { createSink } from "@/lib/audit/sinks/create";
import { listSinks } from "@/lib/audit/sinks/list";
import { createdSinkSchema, createSinkSchema, sinksSchema } from "@/lib/audit/sinks/schema";
import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/sinks", {
  GET: endpoint({
    summary: "List where the audit log is shipped to, with how far each has got",
    response: sinksSchema,
    verb: listSinks,
    input: () => ({}),
  }),
  POST: endpoint({
    summary: "Ship the audit log to a place, from now on or from its start",
    body: createSinkSchema,
    response: createdSinkSchema,
    status: 201,
    verb: createSink,
    input: ({ body }) => body,
    errors: ["name_taken"],
  }),
});
