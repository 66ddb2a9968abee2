import type { Prisma } from "@/lib/generated/prisma/client.ts";

/** The consents that live at that moment. */
export const liveGrantsAt = (now: Date) =>
  ({ revokedAt: null, expiresAt: { gt: now } }) satisfies Prisma.OauthGrantWhereInput;

/** The access tokens that agents got in their own names, and that live at that moment; all others hang from a consent. */
export const ownTokensAt = (now: Date) =>
  ({ grantId: null, revokedAt: null, expiresAt: { gt: now } }) satisfies Prisma.AccessTokenWhereInput;
