import { searchAuditSchema } from "@/lib/audit/schema";
import { getEntry, searchAudit } from "@/lib/audit/search";
import { createSavedSearch } from "@/lib/saved-search/create";
import { deleteSavedSearch } from "@/lib/saved-search/delete";
import { createSavedSearchSchema } from "@/lib/saved-search/schema";
import { updateSavedSearch } from "@/lib/saved-search/update";
import { personCtx } from "@/lib/testing/ctx";
import { makePerson } from "@/lib/testing/make";

/** The log is searched, an entry of it opened, and a search kept. */
export async function tourSearches(): Promise<void> {
  const ctx = personCtx({ ...(await makePerson({ name: "Aron", consoleRole: "auditor" })), consoleRole: "auditor" });
  const input = { name: "Refused writes", query: "reason:insufficient_scope", alert: { threshold: 5 } };
  const { id } = await createSavedSearch(ctx, createSavedSearchSchema.parse(input));
  await updateSavedSearch(ctx, { savedSearchId: id, shared: true });
  await deleteSavedSearch(ctx, { savedSearchId: id });
  const { items } = await searchAudit(ctx, searchAuditSchema.parse({ q: input.query, limit: 1 }));
  await getEntry(ctx, { id: items[0]?.id ?? "0" });
}
