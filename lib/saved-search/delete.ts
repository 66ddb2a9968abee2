import "server-only";
import { defineVerb } from "@/lib/verb";
import type { RemoveSavedSearchInput } from "./schema";
import { lockTheirs } from "./theirs";
import { factsOf } from "./dto";

/** Removes a search, and with it its alert; what it told stays. Errors: `saved_search_not_found`, `forbidden` (another's, shared). */
export const deleteSavedSearch = defineVerb(
  {
    action: "saved_search.delete",
    permission: "audit.read",
    target: ({ savedSearchId }: RemoveSavedSearchInput) => ({ kind: "saved_search", id: savedSearchId }),
  },
  async ({ ctx, tx, record }, { savedSearchId }): Promise<void> => {
    const row = await lockTheirs(ctx, tx, savedSearchId);
    await tx.savedSearch.delete({ where: { id: savedSearchId } });
    record({
      action: "saved_search.delete",
      outcome: "success",
      target: { kind: "saved_search", id: row.id, name: row.name },
      person: row.owner,
      changes: Object.entries(factsOf(row)).map(([field, before]) => ({ field, before, after: null })),
    });
  },
);
