import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";
import { revokeTokens } from "@/lib/token/revoke";
import { revocationSchema, revokeSchema } from "@/lib/token/schema";

const params = { id: "person_not_found" } as const;

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/people/{id}/revoke", {
  POST: endpoint({
    summary: "Revoke every token of a person, for good",
    params,
    body: revokeSchema,
    response: revocationSchema,
    verb: revokeTokens,
    input: ({ params: { id }, body }) => ({ ...body, by: "people" as const, id }),
  }),
});
