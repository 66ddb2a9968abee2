import "server-only";
import { nowDate } from "@/lib/ctx";
import { GatehouseError } from "@/lib/errors";
import { defineVerb } from "@/lib/verb";
import { keyCredential, keySelect, toKeyDto } from "./dto";
import { insertKey } from "./issue";
import { lockKey } from "./lock";
import type { RotatedKeyDto, RotateKeyInput } from "./schema";

/**
 * Issues a successor with the same name and expiry. The predecessor works until `now + overlapSeconds`; an overlap of 0
 * ends it at once (it retires; it is not revoked). Errors: `server_not_found`, `builtin_immutable`, `key_not_found`,
 * `not_live` where it is revoked or expired, `already_rotated`.
 */
export const rotateKey = defineVerb(
  {
    action: "key.rotate",
    permission: "key.write",
    target: (input: RotateKeyInput) => ({ kind: "key", id: input.keyId }),
  },
  async (scope, input): Promise<RotatedKeyDto> => {
    const { before, server, rotated } = await lockKey(scope, input);
    if (rotated) throw new GatehouseError("already_rotated", { detail: "This key has been rotated already." });
    if (before.status !== "active")
      throw new GatehouseError("not_live", { detail: `This key is ${before.status}. Issue a new one.` });
    const issued = await insertKey(scope, {
      serverId: server.id,
      name: before.name,
      expiresAt: before.expiresAt === null ? null : new Date(before.expiresAt),
      predecessorId: before.id,
    });
    const retiresAt = new Date(nowDate(scope.ctx).getTime() + input.overlapSeconds * 1000);
    const row = await scope.tx.serverKey.update({ where: { id: before.id }, data: { retiresAt }, select: keySelect });
    const predecessor = toKeyDto(scope.ctx, row);
    scope.record({
      action: "key.rotate",
      outcome: "success",
      target: { kind: "key", id: before.id, name: before.name },
      server,
      credential: keyCredential(predecessor),
      changes: [{ field: "retiresAt", before: null, after: predecessor.retiresAt }],
      details: { successorId: issued.id, successorMasked: issued.masked, overlapSeconds: input.overlapSeconds },
    });
    await scope.narrow([{ kind: "key", id: before.id }]);
    return { ...issued, predecessor };
  },
);
