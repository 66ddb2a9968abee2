import "server-only";
import { nowDate, type Ctx } from "@/lib/ctx";
import type { Prisma } from "@/lib/generated/prisma/client.ts";
import { isoOrNull } from "@/lib/instant";
import { maskCredential } from "@/lib/token/format";
import type { KEY_STATUSES, KeyDto } from "./schema";

/** The columns a `KeyDto` is made of. */
export const keySelect = {
  id: true,
  serverId: true,
  name: true,
  lastFour: true,
  createdAt: true,
  expiresAt: true,
  retiresAt: true,
  revokedAt: true,
  revokedReason: true,
  lastUsedAt: true,
  predecessorId: true,
} satisfies Prisma.ServerKeySelect;

type KeyRow = Prisma.ServerKeyGetPayload<{ select: typeof keySelect }>;

/**
 * What a key is at a moment. A predecessor is `retiring` during its overlap and `expired` after it (at once where the
 * overlap was 0); `revoked` is only what somebody revoked.
 */
export function keyStatus(
  key: Pick<KeyRow, "expiresAt" | "retiresAt" | "revokedAt">,
  now: Date,
): (typeof KEY_STATUSES)[number] {
  if (key.revokedAt) return "revoked";
  if (key.expiresAt && key.expiresAt <= now) return "expired";
  if (!key.retiresAt) return "active";
  return key.retiresAt <= now ? "expired" : "retiring";
}

/** A row as the DTO. */
export function toKeyDto(ctx: Ctx, { lastFour, ...row }: KeyRow): KeyDto {
  return {
    ...row,
    masked: maskCredential("srv", lastFour),
    status: keyStatus(row, nowDate(ctx)),
    createdAt: row.createdAt.toISOString(),
    expiresAt: isoOrNull(row.expiresAt),
    retiresAt: isoOrNull(row.retiresAt),
    revokedAt: isoOrNull(row.revokedAt),
    lastUsedAt: isoOrNull(row.lastUsedAt),
  };
}

/** How an audit entry names a key. */
export function keyCredential(key: KeyDto): { id: string; kind: string; name: string; masked: string } {
  return { id: key.id, kind: "server_key", name: key.name, masked: key.masked };
}
