import "server-only";
import { may, ownPersonId } from "@/lib/authz/require";
import type { Ctx } from "@/lib/ctx";
import type { Prisma } from "@/lib/generated/prisma/client.ts";
import type { SavedSearchDto } from "./schema";

/** The columns a `SavedSearchDto` is made of. */
export const savedSearchSelect = {
  id: true,
  name: true,
  query: true,
  shared: true,
  owner: { select: { id: true, name: true } },
  alertThreshold: true,
  alertWindowSeconds: true,
  firedAt: true,
  fault: true,
  createdAt: true,
  updatedAt: true,
} as const satisfies Prisma.SavedSearchSelect;

export type SavedSearchRow = Prisma.SavedSearchGetPayload<{ select: typeof savedSearchSelect }>;

/** True where the actor may change a search: their own, and with `policy.write` what others share. */
export const mayChange = (ctx: Ctx, { owner, shared }: Pick<SavedSearchRow, "owner" | "shared">): boolean =>
  owner.id === ownPersonId(ctx) || (may(ctx, "policy.write") && (shared || ctx.actor.kind === "system"));

/** A row as the DTO. */
export function toSavedSearchDto(ctx: Ctx, row: SavedSearchRow): SavedSearchDto {
  const { alertThreshold, alertWindowSeconds, firedAt, fault, createdAt, updatedAt, ...rest } = row;
  return {
    ...rest,
    changeable: mayChange(ctx, row),
    alert:
      alertThreshold === null || alertWindowSeconds === null
        ? null
        : {
            threshold: alertThreshold,
            windowSeconds: alertWindowSeconds,
            firedAt: firedAt?.toISOString() ?? null,
            fault,
          },
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

/** What an entry tells of a search. */
export function factsOf({ name, query, shared, alertThreshold, alertWindowSeconds }: SavedSearchRow) {
  const alert = alertThreshold === null ? null : { threshold: alertThreshold, windowSeconds: alertWindowSeconds };
  return { name, query, shared, alert };
}
