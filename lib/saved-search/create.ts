import "server-only";
import { changesBetween } from "@/lib/audit/changes";
import { ownPersonId, requirePermission } from "@/lib/authz/require";
import { nowDate, type Ctx } from "@/lib/ctx";
import { fieldError, GatehouseError } from "@/lib/errors";
import { newId } from "@/lib/id";
import { defineVerb } from "@/lib/verb";
import { alertColumns } from "./alert";
import { factsOf, savedSearchSelect, toSavedSearchDto } from "./dto";
import type { CreateSavedSearchInput, SavedSearchDto } from "./schema";

function ownerOf(ctx: Ctx, ownerId: string | undefined): string {
  const own = ownPersonId(ctx);
  if (ownerId !== undefined && ownerId !== own) {
    requirePermission(ctx, "policy.write");
    return ownerId;
  }
  if (own === null) throw fieldError("validation_failed", "ownerId", "says whose it is: you are no person");
  return own;
}

/** Keeps a search, which may alert. Errors: `name_taken`, `person_not_found`, `too_many_alerts`, `validation_failed` (field `ownerId`). */
export const createSavedSearch = defineVerb(
  { action: "saved_search.create", permission: "audit.read" },
  async ({ ctx, tx, record }, { name, query, shared, alert, ...input }: CreateSavedSearchInput): Promise<SavedSearchDto> => {
    const ownerId = ownerOf(ctx, input.ownerId);
    const owner = await tx.person.findUnique({ where: { id: ownerId }, select: { id: true, name: true } });
    if (!owner) throw new GatehouseError("person_not_found");
    const now = nowDate(ctx);
    const row = await tx.savedSearch.create({
      data: {
        ...{ id: newId("savedSearch"), ownerId, name, query, shared, createdAt: now, updatedAt: now },
        ...(await alertColumns(tx, alert)),
      },
      select: savedSearchSelect,
    });
    record({
      action: "saved_search.create",
      outcome: "success",
      target: { kind: "saved_search", id: row.id, name },
      person: owner,
      changes: changesBetween({ name: null, query: null, shared: null, alert: null }, factsOf(row) as object),
    });
    return toSavedSearchDto(ctx, row);
  },
); // prettier-ignore
