import "server-only";
import type { Prisma } from "@/lib/generated/prisma/client.ts";

/** Tokens that are neither revoked nor at their end (expiry, or the end of a rotation's overlap) at that moment. */
export const liveTokensAt = (at: Date) =>
  ({
    revokedAt: null,
    expiresAt: { gt: at },
    OR: [{ retiresAt: null }, { retiresAt: { gt: at } }],
  }) satisfies Prisma.TokenWhereInput;
