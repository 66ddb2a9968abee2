import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";
import { getGrant } from "@/lib/oauth/grants";
import { grantSchema } from "@/lib/oauth/schema";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/grants/{id}", {
  GET: endpoint({
    summary: "Get what a person has let an agent do",
    params: { id: "grant_not_found" },
    response: grantSchema,
    verb: getGrant,
    input: ({ params: { id } }) => id,
  }),
});
