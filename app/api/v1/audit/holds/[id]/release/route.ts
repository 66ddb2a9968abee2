import { releaseHold } from "@/lib/audit/retention/holds";
import { holdSchema, releaseSchema } from "@/lib/audit/retention/schema";
import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/audit/holds/{id}/release", {
  POST: endpoint({
    summary: "Release a legal hold: the policy counts for its time again",
    params: { id: "hold_not_found" },
    body: releaseSchema,
    response: holdSchema,
    verb: releaseHold,
    input: ({ params: { id }, body }) => ({ ...body, holdId: id }),
  }),
});
