import "server-only";
import { ownPersonId, refusal } from "@/lib/authz/require";
import type { Ctx } from "@/lib/ctx";
import type { Tx } from "@/lib/db";
import { GatehouseError } from "@/lib/errors";
import { mayChange, savedSearchSelect, type SavedSearchRow } from "./dto";

/**
 * A search that the actor may change, locked. Errors: `saved_search_not_found`, also for what another person keeps to themself;
 * `forbidden` for what others share.
 */
export async function lockTheirs(ctx: Ctx, tx: Tx, id: string): Promise<SavedSearchRow> {
  await tx.$executeRaw`SELECT 1 FROM saved_search WHERE id = ${id} FOR UPDATE`;
  const row = await tx.savedSearch.findUnique({ where: { id }, select: savedSearchSelect });
  if (!row) throw new GatehouseError("saved_search_not_found");
  if (mayChange(ctx, row)) return row;
  if (row.shared) throw refusal(ctx, "policy.write");
  throw new GatehouseError("saved_search_not_found", {
    refusal: true,
    internal: `of another person than ${ownPersonId(ctx) ?? "nobody"}`,
  });
}
