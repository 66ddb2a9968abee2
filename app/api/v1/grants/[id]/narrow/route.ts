import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";
import { narrowGrant } from "@/lib/oauth/narrow-grant";
import { grantSchema, narrowGrantSchema } from "@/lib/oauth/schema";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/grants/{id}/narrow", {
  POST: endpoint({
    summary: "Take scopes out of what a person has let an agent do, at once and for every token that hangs from it",
    params: { id: "grant_not_found" },
    body: narrowGrantSchema,
    response: grantSchema,
    verb: narrowGrant,
    input: ({ params: { id }, body }) => ({ ...body, id }),
    errors: ["not_live"],
  }),
});
