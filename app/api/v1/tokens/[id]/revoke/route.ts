import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";
import { revokeTokens } from "@/lib/token/revoke";
import { revocationSchema, revokeSchema } from "@/lib/token/schema";

const params = { id: "token_not_found" } as const;

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/tokens/{id}/revoke", {
  POST: endpoint({
    summary: "Revoke a token, for good",
    params,
    body: revokeSchema,
    response: revocationSchema,
    verb: revokeTokens,
    input: ({ params: { id }, body }) => ({ ...body, by: "tokens" as const, id }),
  }),
});
