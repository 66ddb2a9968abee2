import "server-only";
import { nowDate } from "@/lib/ctx";
import { defineVerb } from "@/lib/verb";
import { keyCredential, keySelect, toKeyDto } from "./dto";
import { lockKey } from "./lock";
import type { KeyDto, RevokeKeyInput } from "./schema";

/**
 * Revokes a key, for good. Idempotent: a second time changes nothing and leaves no entry. A successor lives on.
 * Errors: `server_not_found`, `builtin_immutable`, `key_not_found`.
 */
export const revokeKey = defineVerb(
  {
    action: "key.revoke",
    permission: "key.write",
    target: (input: RevokeKeyInput) => ({ kind: "key", id: input.keyId }),
  },
  async (scope, input): Promise<KeyDto> => {
    const { before, server } = await lockKey(scope, input);
    if (before.revokedAt) return before;
    const row = await scope.tx.serverKey.update({
      where: { id: before.id },
      data: { revokedAt: nowDate(scope.ctx), revokedReason: input.reason ?? null },
      select: keySelect,
    });
    const revoked = toKeyDto(scope.ctx, row);
    scope.record({
      action: "key.revoke",
      outcome: "success",
      reason: input.reason ?? null,
      target: { kind: "key", id: revoked.id, name: revoked.name },
      server,
      credential: keyCredential(revoked),
      changes: [{ field: "status", before: before.status, after: "revoked" }],
    });
    await scope.narrow([{ kind: "key", id: revoked.id }]);
    return revoked;
  },
);
