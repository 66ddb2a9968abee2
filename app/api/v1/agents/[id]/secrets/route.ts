import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";
import { issuedSecretSchema, issueSecretSchema } from "@/lib/oauth/client-schema";
import { issueSecret } from "@/lib/oauth/set-client";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/agents/{id}/secrets", {
  POST: endpoint({
    summary: "Issue a client secret; it is told this once",
    params: { id: "agent_not_found" },
    body: issueSecretSchema,
    response: issuedSecretSchema,
    status: 201,
    verb: issueSecret,
    input: ({ params: { id }, body }) => ({ ...body, agentId: id }),
    errors: ["builtin_immutable"],
  }),
});
