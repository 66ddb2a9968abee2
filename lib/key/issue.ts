import "server-only";
import { actorRef, nowDate } from "@/lib/ctx";
import { fieldError } from "@/lib/errors";
import { newId } from "@/lib/id";
import { lockServer } from "@/lib/server/lock";
import { lastFour, makeCredential } from "@/lib/token/format";
import { hashCredential } from "@/lib/token/hash";
import { defineVerb, type VerbScope } from "@/lib/verb";
import { keyCredential, keySelect, toKeyDto } from "./dto";
import type { IssuedKeyDto, IssueKeyInput } from "./schema";

/** Makes a key's secret and row. The secret is in the answer and nowhere else. */
export async function insertKey(
  { ctx, tx }: VerbScope,
  terms: { serverId: string; name: string; expiresAt: Date | null; predecessorId: string | null },
): Promise<IssuedKeyDto> {
  const key = makeCredential("srv");
  const row = await tx.serverKey.create({
    data: {
      ...terms,
      ...hashCredential(key),
      id: newId("key"),
      lastFour: lastFour(key),
      createdAt: nowDate(ctx),
      createdBy: actorRef(ctx.actor),
    },
    select: keySelect,
  });
  return { ...toKeyDto(ctx, row), key };
}

/**
 * Issues a server key; its secret is told this once. Errors: `server_not_found`, `builtin_immutable`,
 * `validation_failed` (field `expiresAt`) where it would have expired already.
 */
export const issueKey = defineVerb(
  {
    action: "key.issue",
    permission: "key.write",
    target: (input: IssueKeyInput) => ({ kind: "server", id: input.serverId }),
  },
  async (scope, input): Promise<IssuedKeyDto> => {
    const { id: serverId, name: serverName } = await lockServer(scope, input.serverId);
    const expiresAt = input.expiresAt === undefined ? null : new Date(input.expiresAt);
    if (expiresAt && expiresAt <= nowDate(scope.ctx))
      throw fieldError("validation_failed", "expiresAt", "The expiry must be in the future.");
    const issued = await insertKey(scope, { serverId, name: input.name, expiresAt, predecessorId: null });
    scope.record({
      action: "key.issue",
      outcome: "success",
      target: { kind: "key", id: issued.id, name: issued.name },
      server: { id: serverId, name: serverName },
      credential: keyCredential(issued),
      changes: [
        { field: "name", before: null, after: issued.name },
        { field: "expiresAt", before: null, after: issued.expiresAt },
      ],
    });
    return issued;
  },
);
