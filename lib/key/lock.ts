import "server-only";
import { GatehouseError } from "@/lib/errors";
import { lockServer } from "@/lib/server/lock";
import type { VerbScope } from "@/lib/verb";
import { keySelect, toKeyDto } from "./dto";
import type { KeyDto } from "./schema";

/**
 * A key of this server, locked with it until the transaction ends. Throws `server_not_found`, `builtin_immutable`,
 * `key_not_found` (also for another server's key).
 */
export async function lockKey(
  scope: VerbScope,
  { serverId, keyId }: { serverId: string; keyId: string },
): Promise<{ before: KeyDto; server: { id: string; name: string }; rotated: boolean }> {
  const { id, name } = await lockServer(scope, serverId);
  const row = await scope.tx.serverKey.findFirst({
    where: { id: keyId, serverId },
    select: { ...keySelect, successor: { select: { id: true } } },
  });
  if (!row) throw new GatehouseError("key_not_found");
  const { successor, ...key } = row;
  return { before: toKeyDto(scope.ctx, key), server: { id, name }, rotated: successor !== null };
}
