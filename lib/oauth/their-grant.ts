import "server-only";
import { reach, type OwnablePermission } from "@/lib/authz/require";
import type { Ctx } from "@/lib/ctx";
import { GatehouseError } from "@/lib/errors";

/**
 * The grant, where the actor's permission reaches it. Throws `grant_not_found` where it is not there, and where it is
 * somebody else's (a refusal).
 */
export function requireTheirGrant<G extends { personId: string }>(
  ctx: Ctx,
  permission: OwnablePermission,
  grant: G | null,
): G {
  const within = reach(ctx, permission);
  if (!grant) throw new GatehouseError("grant_not_found");
  if (!within.all && grant.personId !== within.personId)
    throw new GatehouseError("grant_not_found", { refusal: true, internal: "not theirs" });
  return grant;
}
