import { tokenPermissions } from "@/lib/authz/permissions";
import { refusal } from "@/lib/authz/require";
import type { Ctx } from "@/lib/ctx";
import type { ConsoleRole } from "@/lib/person/console-role";

/**
 * Whoever mints or rotates a token sees its secret, and may use it. So nobody gets an admin token that may do more than
 * they may: throws `forbidden` where these scopes of the built-in server permit anything that the actor lacks.
 * `consoleRole` bounds the token: its person's, or null where it is an agent's own.
 */
export function requireNoEscalation(ctx: Ctx, scopes: readonly string[], consoleRole: ConsoleRole | null): void {
  for (const permission of tokenPermissions(scopes, consoleRole))
    if (!ctx.actor.permissions.has(permission)) throw refusal(ctx, `${permission}, which the token would have`);
}
