import "server-only";
import { nowDate, type Ctx } from "@/lib/ctx";
import type { Tx } from "@/lib/db";
import { newId } from "@/lib/id";
import type { SessionDto } from "./schema";

/** A session just opened, for the transport to put into the cookie. `sessionId` never reaches a page. */
export type OpenedSession = { sessionId: string; expiresAt: Date };

/**
 * Opens a session: always a new id, so that nobody can have planted it. `reauthenticatedAt` is when the person proved who
 * they are (now, unless an identity provider says otherwise), `amr` how (RFC 8176).
 */
export async function openSession(
  ctx: Ctx,
  tx: Tx,
  session: {
    personId: string;
    method: SessionDto["method"];
    amr: readonly string[];
    reauthenticatedAt?: Date;
    /** The browser's old session, which this one is in place of. */
    replaces?: string | null;
  },
): Promise<OpenedSession> {
  const { sessionAbsoluteSeconds } = await tx.instance.findUniqueOrThrow({ where: { id: 1 } });
  const now = nowDate(ctx);
  if (session.replaces)
    await tx.session.updateMany({ where: { id: session.replaces, revokedAt: null }, data: { revokedAt: now } });
  const sessionId = newId("session");
  const expiresAt = new Date(now.getTime() + sessionAbsoluteSeconds * 1000);
  await tx.session.create({
    data: {
      id: sessionId,
      personId: session.personId,
      method: session.method,
      amr: [...session.amr],
      ip: ctx.source.ip,
      userAgent: ctx.source.userAgent?.slice(0, 400),
      createdAt: now,
      lastSeenAt: now,
      reauthenticatedAt: session.reauthenticatedAt ?? now,
      expiresAt,
    },
  });
  await tx.person.update({ where: { id: session.personId }, data: { lastSignInAt: now } });
  return { sessionId, expiresAt };
}

/** Ends every open session of a person but `exceptId`, and every sign-in that waits for a code; returns how many sessions. */
export async function endSessions(ctx: Ctx, tx: Tx, personId: string, exceptId?: string): Promise<number> {
  await tx.pendingSignIn.deleteMany({ where: { personId } });
  const { count } = await tx.session.updateMany({
    where: { personId, revokedAt: null, id: exceptId === undefined ? undefined : { not: exceptId } },
    data: { revokedAt: nowDate(ctx) },
  });
  return count;
}

/** The condition of a session that counts at a moment. */
export function openSessionsAt(now: Date, idleSeconds: number) {
  return {
    revokedAt: null,
    expiresAt: { gt: now },
    lastSeenAt: { gt: new Date(now.getTime() - idleSeconds * 1000) },
  };
}
