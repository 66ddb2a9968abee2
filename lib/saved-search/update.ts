import "server-only";
import { changesBetween } from "@/lib/audit/changes";
import { nowDate } from "@/lib/ctx";
import { defineVerb } from "@/lib/verb";
import { alertColumns } from "./alert";
import { factsOf, savedSearchSelect, toSavedSearchDto } from "./dto";
import type { ChangeSavedSearchInput, SavedSearchDto } from "./schema";
import { lockTheirs } from "./theirs";

/**
 * Changes a search; what is left out stays. An alert whose query or terms change begins anew with the next entry. Errors:
 * `saved_search_not_found`, `forbidden` (another's, shared), `name_taken`, `too_many_alerts`.
 */
export const updateSavedSearch = defineVerb(
  {
    action: "saved_search.update",
    permission: "audit.read",
    target: ({ savedSearchId }: ChangeSavedSearchInput) => ({ kind: "saved_search", id: savedSearchId }),
  },
  async ({ ctx, tx, record }, { savedSearchId, alert, ...wanted }): Promise<SavedSearchDto> => {
    const before = await lockTheirs(ctx, tx, savedSearchId);
    const facts = factsOf(before);
    const changes = changesBetween(facts as object, { ...wanted, alert });
    if (changes.length === 0) return toSavedSearchDto(ctx, before);
    const terms = alert === undefined ? facts.alert : alert;
    const anew = changes.some(({ field }) => field === "query" || field === "alert");
    // Its own place among the alerts is free while they are counted.
    if (anew) await tx.savedSearch.update({ where: { id: savedSearchId }, data: await alertColumns(tx, null) });
    const row = await tx.savedSearch.update({
      where: { id: savedSearchId },
      data: {
        ...{ ...wanted, updatedAt: nowDate(ctx) },
        ...(anew ? await alertColumns(tx, terms as { threshold: number; windowSeconds: number } | null) : {}),
      },
      select: savedSearchSelect,
    });
    record({
      action: "saved_search.update",
      outcome: "success",
      target: { kind: "saved_search", id: row.id, name: row.name },
      person: row.owner,
      changes,
    });
    return toSavedSearchDto(ctx, row);
  },
);
