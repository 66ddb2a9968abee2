import { endpoint } from "@/lib/http/endpoint";
import { pageOf } from "@/lib/http/page-schema";
import { defineRoute } from "@/lib/http/route";
import { listGrants } from "@/lib/oauth/grants";
import { grantSchema, listGrantsSchema } from "@/lib/oauth/schema";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/grants", {
  GET: endpoint({
    summary: "List what people have let agents do, newest first",
    query: listGrantsSchema,
    response: pageOf(grantSchema),
    verb: listGrants,
    input: ({ query }) => query,
    errors: ["invalid_cursor"],
  }),
});
