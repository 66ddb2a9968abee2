import "server-only";
import type { Ctx } from "@/lib/ctx";
import type { Tx } from "@/lib/db";
import type { RevocationDto } from "@/lib/token/schema";
import { defineVerb } from "@/lib/verb";
import { endGrants } from "./end-grants";
import type { RevokeGrantInput } from "./schema";
import { requireTheirGrant } from "./their-grant";

const theirs = async (ctx: Ctx, db: Tx, id: string) =>
  requireTheirGrant(
    ctx,
    "grant.revoke",
    await db.oauthGrant.findUnique({ where: { id }, select: { personId: true, revokedAt: true } }),
  );

/**
 * Ends what a person let an agent do; every token that hangs from it is refused from then on. Doing it again ends nothing
 * and leaves no entry. Errors: `grant_not_found`, also where it is somebody else's.
 */
export const revokeGrant = defineVerb(
  {
    action: "grant.revoke",
    permission: ["grant.revoke", "grant.revoke.own"],
    target: ({ id }: RevokeGrantInput) => ({ kind: "grant", id }),
    foresee: async (ctx, db, { id, urgent }) => {
      if (urgent) return [];
      const { revokedAt } = await theirs(ctx, db, id);
      return revokedAt ? [] : [{ kind: "grant", id }];
    },
  },
  async (scope, { id, reason, urgent }): Promise<RevocationDto> => {
    await theirs(scope.ctx, scope.tx, id);
    return endGrants(scope, { ids: [id], reason: reason ?? null, urgent });
  },
);
