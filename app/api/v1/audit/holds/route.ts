import { listHolds, placeHold } from "@/lib/audit/retention/holds";
import { holdsSchema, listHoldsSchema, placedHoldSchema, placeHoldSchema } from "@/lib/audit/retention/schema";
import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/audit/holds", {
  GET: endpoint({
    summary: "List the legal holds on the audit log, newest first",
    query: listHoldsSchema,
    response: holdsSchema,
    verb: listHolds,
    input: ({ query }) => query,
  }),
  POST: endpoint({
    summary: "Hold a partition or a time of the audit log: nothing of it is dropped until that is released",
    body: placeHoldSchema,
    response: placedHoldSchema,
    status: 201,
    verb: placeHold,
    input: ({ body }) => body,
    errors: ["partition_not_found"],
  }),
});
