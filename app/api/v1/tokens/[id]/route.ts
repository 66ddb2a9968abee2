import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";
import { getToken } from "@/lib/token/get";
import { tokenDetailSchema, tokenSchema, updateTokenSchema } from "@/lib/token/schema";
import { updateToken } from "@/lib/token/update";

const params = { id: "token_not_found" } as const;

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/tokens/{id}", {
  GET: endpoint({
    summary: "Get a token",
    params,
    response: tokenDetailSchema,
    verb: getToken,
    input: ({ params: { id } }) => ({ tokenId: id }),
  }),
  PATCH: endpoint({
    summary: "Change a token; what is left out stays",
    params,
    body: updateTokenSchema,
    response: tokenSchema,
    verb: updateToken,
    input: ({ params: { id }, body }) => ({ ...body, tokenId: id }),
    errors: ["not_live"],
  }),
});
