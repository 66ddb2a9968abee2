import "server-only";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { EVERYTHING } from "@/lib/lease/subject";
import { endOAuthAccess } from "@/lib/oauth/end-access";
import { defineVerb } from "@/lib/verb";
import { endTokens } from "./end";
import type { RevocationDto, RevokeAllInput } from "./schema";

/**
 * Revokes every token and every grant there is, that of the asking machine among them. A person has proved their identity lately. Doing
 * it again revokes nothing and leaves no entry. Errors: `reauthentication_required`.
 */
export const revokeAllTokens = defineVerb(
  {
    action: "token.revoke_all",
    permission: "token.revoke.many",
    recentAuthentication: true,
    target: () => ({ kind: "instance", id: "gatehouse" }),
  },
  async (scope, input: RevokeAllInput): Promise<RevocationDto> => {
    // Whoever mints holds this row shared: none slips in between.
    await scope.tx.$executeRaw`SELECT 1 FROM instance WHERE id = 1 FOR NO KEY UPDATE`;
    const ended = await endTokens(scope, {
      which: Prisma.sql`true`,
      reason: input.reason,
      subject: EVERYTHING,
      urgent: false,
      summary: (revoked) => ({
        action: "token.revoke_all",
        outcome: "success",
        reason: input.reason,
        target: { kind: "instance", id: "gatehouse" },
        details: { revoked },
      }),
    });
    const { revoked } = ended;
    const access = await endOAuthAccess(scope, { subject: EVERYTHING, reason: input.reason, urgent: false });
    return access.revoked === 0
      ? Object.assign(ended, { revoked })
      : Object.assign(access, { revoked: revoked + access.revoked });
  },
);
