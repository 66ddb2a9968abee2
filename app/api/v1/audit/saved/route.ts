import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";
import { createSavedSearch } from "@/lib/saved-search/create";
import { listSavedSearches } from "@/lib/saved-search/list";
import { createSavedSearchSchema, savedSearchesSchema, savedSearchSchema } from "@/lib/saved-search/schema";

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/audit/saved", {
  GET: endpoint({
    summary: "List the saved searches of the audit log: one's own, and those that are shared",
    response: savedSearchesSchema,
    verb: listSavedSearches,
    input: () => ({}),
  }),
  POST: endpoint({
    summary: "Save a search of the audit log; `alert` tells when enough entries match",
    body: createSavedSearchSchema,
    response: savedSearchSchema,
    status: 201,
    verb: createSavedSearch,
    input: ({ body }) => body,
    errors: ["name_taken", "person_not_found", "too_many_alerts"],
  }),
});
