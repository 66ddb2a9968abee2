import { endpoint } from "@/lib/http/endpoint";
import { defineRoute } from "@/lib/http/route";
import { deleteSavedSearch } from "@/lib/saved-search/delete";
import { changeSavedSearchSchema, savedSearchSchema } from "@/lib/saved-search/schema";
import { updateSavedSearch } from "@/lib/saved-search/update";

const params = { id: "saved_search_not_found" } as const;

export const { GET, POST, PATCH, DELETE, PUT, OPTIONS } = defineRoute("/audit/saved/{id}", {
  PATCH: endpoint({
    summary: "Change a saved search; what is left out stays, and an alert of another query begins anew",
    params,
    body: changeSavedSearchSchema,
    response: savedSearchSchema,
    verb: updateSavedSearch,
    input: ({ params: { id }, body }) => ({ ...body, savedSearchId: id }),
    errors: ["name_taken", "too_many_alerts"],
  }),
  DELETE: endpoint({
    summary: "Remove a saved search, and its alert; what it told stays",
    params,
    status: 204,
    verb: deleteSavedSearch,
    input: ({ params: { id } }) => ({ savedSearchId: id }),
  }),
});
