import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";
import { revokeAllTokens } from "@/lib/token/revoke-all";
import { revocationSchema, revokeAllSchema } from "@/lib/token/schema";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/tokens/revoke-all", {
  POST: endpoint({
    summary: "Revoke every token, the calling one too",
    body: revokeAllSchema,
    response: revocationSchema,
    verb: revokeAllTokens,
    input: ({ body }) => body,
  }),
});
