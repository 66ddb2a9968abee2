import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";
import { revokeGrant } from "@/lib/oauth/revoke-grant";
import { revocationSchema, revokeSchema } from "@/lib/token/schema";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/grants/{id}/revoke", {
  POST: endpoint({
    summary: "End what a person has let an agent do, with every token that hangs from it",
    params: { id: "grant_not_found" },
    body: revokeSchema,
    response: revocationSchema,
    verb: revokeGrant,
    input: ({ params: { id }, body }) => ({ ...body, id }),
  }),
});
