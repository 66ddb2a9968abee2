import "server-only";
import { nowDate, type Ctx } from "@/lib/ctx";
import type { Tx } from "@/lib/db";
import { GatehouseError } from "@/lib/errors";
import { newId } from "@/lib/id";
import { openSessionsAt, type OpenedSession } from "./open";

/**
 * Gives the open session a new id, now that it may do more: whoever learned the old one has nothing. Sets
 * `reauthenticatedAt` to now. Throws `unauthenticated` where the session was ended meanwhile.
 */
export async function rotateSession(ctx: Ctx, tx: Tx, sessionId: string): Promise<OpenedSession> {
  const now = nowDate(ctx);
  const { sessionIdleSeconds } = await tx.instance.findUniqueOrThrow({ where: { id: 1 } });
  const next = newId("session");
  const { count } = await tx.session.updateMany({
    where: { id: sessionId, ...openSessionsAt(now, sessionIdleSeconds) },
    data: { id: next, reauthenticatedAt: now, lastSeenAt: now },
  });
  if (count === 0) throw new GatehouseError("unauthenticated", { detail: "Sign in first." });
  const { expiresAt } = await tx.session.findUniqueOrThrow({ where: { id: next }, select: { expiresAt: true } });
  return { sessionId: next, expiresAt };
}
