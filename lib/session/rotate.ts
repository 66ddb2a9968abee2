import "server-only";
import { nowDate, type Ctx } from "@/lib/ctx";
import type { Tx } from "@/lib/db";
import { GatehouseError } from "@/lib/errors";
import { newId } from "@/lib/id";
import { openSessionsAt, type OpenedSession } from "./open";

/**
 * Gives the open session a new id, now that it may do more: whoever learned the old one has nothing. `amr`: how the person has
 * proved who they are, where that is more than before. Sets `reauthenticatedAt` to now, but for a second factor given by
 * itself. Throws `unauthenticated` where the session was ended meanwhile.
 */
export async function rotateSession(
  ctx: Ctx,
  tx: Tx,
  sessionId: string,
  { amr, secondFactorAlone = false }: { amr?: readonly string[]; secondFactorAlone?: boolean } = {},
): Promise<OpenedSession> {
  const now = nowDate(ctx);
  const { sessionIdleSeconds } = await tx.instance.findUniqueOrThrow({ where: { id: 1 } });
  const next = newId("session");
  const { count } = await tx.session.updateMany({
    where: { id: sessionId, ...openSessionsAt(now, sessionIdleSeconds) },
    data: {
      id: next,
      reauthenticatedAt: secondFactorAlone ? undefined : now,
      lastSeenAt: now,
      amr: amr && [...amr],
    },
  });
  if (count === 0) throw new GatehouseError("unauthenticated", { detail: "Sign in first." });
  const { expiresAt } = await tx.session.findUniqueOrThrow({ where: { id: next }, select: { expiresAt: true } });
  return { sessionId: next, expiresAt };
}
