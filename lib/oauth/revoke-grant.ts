import "server-only";
import { reach } from "@/lib/authz/require";
import { GatehouseError } from "@/lib/errors";
import type { RevocationDto } from "@/lib/token/schema";
import { defineVerb } from "@/lib/verb";
import { endGrants } from "./end-grants";
import type { RevokeGrantInput } from "./schema";

/**
 * Ends what a person let an agent do; every token that hangs from it is refused from then on. Doing it again ends nothing
 * and leaves no entry. Errors: `grant_not_found`, also where it is somebody else's.
 */
export const revokeGrant = defineVerb(
  {
    action: "grant.revoke",
    permission: ["grant.revoke", "grant.revoke.own"],
    target: ({ id }: RevokeGrantInput) => ({ kind: "grant", id }),
  },
  async (scope, { id, reason, urgent }): Promise<RevocationDto> => {
    const within = reach(scope.ctx, "grant.revoke");
    const grant = await scope.tx.oauthGrant.findUnique({ where: { id }, select: { personId: true } });
    const theirs = grant && (within.all || grant.personId === within.personId);
    if (!grant || !theirs)
      throw new GatehouseError("grant_not_found", {
        refusal: grant !== null,
        internal: grant ? "not theirs" : undefined,
      });
    return endGrants(scope, { ids: [id], reason: reason ?? null, urgent });
  },
);
