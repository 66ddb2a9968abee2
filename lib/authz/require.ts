import type { Ctx } from "@/lib/ctx";
import { GatehouseError } from "@/lib/errors";
import type { Permission } from "./permissions";

/** How long a proof of identity counts for dangerous acts. */
export const REAUTHENTICATION_MAX_AGE_SECONDS = 600;

/** Permissions that have an `.own` variant. */
export type OwnablePermission = Extract<
  Extract<Permission, `${string}.own`> extends `${infer P}.own` ? P : never,
  Permission
>;

/** True where the actor holds the permission in full. An unknown permission means no. */
export function may(ctx: Ctx, permission: Permission): boolean {
  return ctx.actor.permissions.has(permission);
}

/**
 * Throws `unauthenticated` for somebody not signed in, `second_factor_required` where the session lacks that, `forbidden` where the
 * permission is not held.
 */
export function requirePermission(ctx: Ctx, permission: Permission): void {
  if (may(ctx, permission)) return;
  throw refusal(ctx, permission);
}

/** The error for a missing permission. */
export function refusal(ctx: Ctx, permission: string): GatehouseError {
  if (ctx.actor.kind === "anonymous") return new GatehouseError("unauthenticated");
  if (ctx.actor.kind === "person" && ctx.actor.owes !== null)
    return new GatehouseError("second_factor_required", {
      detail: "Give the code of your second factor first, or set one up.",
      internal: `owes ${ctx.actor.owes}; missing permission ${permission}`,
    });
  return new GatehouseError("forbidden", { internal: `missing permission ${permission}` });
}

/** The person whose things the `.own` permissions reach, or null. */
export function ownPersonId(ctx: Ctx): string | null {
  if (ctx.actor.kind === "person") return ctx.actor.personId;
  if (ctx.actor.kind === "token") return ctx.actor.personId;
  return null;
}

/**
 * How far the actor's permission reaches: `all`, or only what belongs to `personId`.
 * Throws as `requirePermission` does where neither the full nor the `.own` permission is held.
 */
export function reach(ctx: Ctx, permission: OwnablePermission): { all: true } | { all: false; personId: string } {
  if (may(ctx, permission)) return { all: true };
  const personId = ownPersonId(ctx);
  if (personId !== null && may(ctx, `${permission}.own` as Permission)) return { all: false, personId };
  throw refusal(ctx, permission);
}

/**
 * Throws `reauthentication_required` where a person has not proved who they are within
 * `REAUTHENTICATION_MAX_AGE_SECONDS`. Machines (tokens, jobs) proved it with this very request.
 */
export function requireRecentAuthentication(ctx: Ctx): void {
  if (ctx.actor.kind !== "person") return;
  if (ctx.nowSeconds() - ctx.actor.reauthenticatedAtSeconds <= REAUTHENTICATION_MAX_AGE_SECONDS) return;
  throw new GatehouseError("reauthentication_required", { detail: "Confirm that it is you, then try again." });
}
