import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";
import { clientSecretSchema, revokeSecretSchema } from "@/lib/oauth/client-schema";
import { revokeSecret } from "@/lib/oauth/set-client";

const params = { id: "agent_not_found", secretId: "key_not_found" } as const;

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/agents/{id}/secrets/{secretId}/revoke", {
  POST: endpoint({
    summary: "Revoke a client secret, for good",
    params,
    body: revokeSecretSchema,
    response: clientSecretSchema,
    verb: revokeSecret,
    input: ({ params: { id, secretId }, body }) => ({ ...body, agentId: id, secretId }),
    errors: ["builtin_immutable"],
  }),
});
