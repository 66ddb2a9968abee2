import { auditEntrySchema } from "@/lib/audit/schema";
import { getEntry } from "@/lib/audit/search";
import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/audit/{id}", {
  GET: endpoint({
    summary: "Get an entry, by its id or its index",
    params: { id: "entry_not_found" },
    response: auditEntrySchema,
    verb: getEntry,
    input: ({ params }) => params,
    errors: ["search_too_broad"],
  }),
});
