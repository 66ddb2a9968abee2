import { endpoint } from "@/lib/http/endpoint";
import { pageOf } from "@/lib/http/page-schema";
import { defineRoute } from "@/lib/http/route";
import { listTokens } from "@/lib/token/list";
import { mintToken } from "@/lib/token/mint";
import { listTokensSchema, mintTokenSchema, mintedTokenSchema, tokenSchema } from "@/lib/token/schema";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/tokens", {
  GET: endpoint({
    summary: "List tokens, newest first",
    query: listTokensSchema,
    response: pageOf(tokenSchema),
    verb: listTokens,
    input: ({ query }) => query,
    errors: ["invalid_cursor"],
  }),
  POST: endpoint({
    summary: "Mint a token; its secret is told this once",
    body: mintTokenSchema,
    response: mintedTokenSchema,
    status: 201,
    verb: mintToken,
    input: ({ body }) => body,
    errors: [
      "role_not_held",
      "holder_inactive",
      "scope_not_in_role",
      "role_without_scope_on_server",
      "unknown_scope",
      "expiry_beyond_policy",
      "builtin_server_alone",
      "person_not_found",
      "agent_not_found",
      "role_not_found",
      "server_not_found",
    ],
  }),
});
