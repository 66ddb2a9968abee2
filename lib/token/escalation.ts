import { tokenPermissions } from "@/lib/authz/permissions";
import { ownPersonId, refusal } from "@/lib/authz/require";
import type { Ctx } from "@/lib/ctx";
import type { ConsoleRole } from "@/lib/person/console-role";

/**
 * Whoever mints or rotates a token sees its secret, and may use it. So nobody gets an admin token that may do more than
 * they may: throws `forbidden` where these scopes of the built-in server permit anything that the actor lacks.
 * `holder` is the token's person, or null where it is an agent's own. Their console role bounds the token each time it is
 * used, but counts here for the actor's own token alone: somebody else's may be raised later, and the secret stays known.
 */
export function requireNoEscalation(
  ctx: Ctx,
  scopes: readonly string[],
  holder: { id: string; consoleRole: ConsoleRole } | null,
): void {
  const bound = holder !== null && holder.id === ownPersonId(ctx) ? holder.consoleRole : null;
  for (const permission of tokenPermissions(scopes, bound))
    if (!ctx.actor.permissions.has(permission)) throw refusal(ctx, `${permission}, which the token would have`);
}
