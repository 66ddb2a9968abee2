import { getRetention, setRetention } from "@/lib/audit/retention/policy";
import { retentionSchema, setRetentionSchema } from "@/lib/audit/retention/schema";
import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/audit/retention", {
  GET: endpoint({
    summary: "Get how long the audit log is kept, and how its keeping goes",
    response: retentionSchema,
    verb: getRetention,
    input: () => undefined,
  }),
  PATCH: endpoint({
    summary: "Change how long the audit log is kept; null is for ever",
    body: setRetentionSchema,
    response: retentionSchema,
    verb: setRetention,
    input: ({ body }) => body,
  }),
});
