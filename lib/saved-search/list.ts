import "server-only";
import { ownPersonId } from "@/lib/authz/require";
import { defineRead } from "@/lib/verb";
import { savedSearchSelect, toSavedSearchDto } from "./dto";
import type { SavedSearchDto } from "./schema";

/** Nobody keeps more in sight than this. */
const MOST = 500;

/** The actor's own searches, and those that others share, by name. The command line sees all of them. */
export const listSavedSearches = defineRead(
  { action: "saved_search.read", permission: "audit.read" },
  async ({ ctx, db }, _input: object): Promise<{ items: SavedSearchDto[]; nextCursor: null }> => {
    const visible = { OR: [{ shared: true }, { ownerId: ownPersonId(ctx) ?? "" }] };
    const rows = await db.savedSearch.findMany({
      where: ctx.actor.kind === "system" ? {} : visible,
      select: savedSearchSelect,
      orderBy: [{ name: "asc" }, { id: "asc" }],
      take: MOST,
    });
    return { items: rows.map((row) => toSavedSearchDto(ctx, row)), nextCursor: null };
  },
);
