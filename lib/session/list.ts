import "server-only";
import { nowDate } from "@/lib/ctx";
import { isMultiFactor } from "@/lib/second-factor/classes";
import { defineRead } from "@/lib/verb";
import { openSessionsAt } from "./open";
import { requirePersonActor } from "./proof";
import type { SessionDto } from "./schema";

/** The asking person's open sessions, the one that asks first, then the last seen. */
export const listSessions = defineRead(
  { action: "session.read", permission: "session.read.own" },
  async ({ ctx, db }, _input: void): Promise<SessionDto[]> => {
    const actor = requirePersonActor(ctx);
    const { sessionIdleSeconds } = await db.instance.findUniqueOrThrow({ where: { id: 1 } });
    const rows = await db.session.findMany({
      where: { personId: actor.personId, ...openSessionsAt(nowDate(ctx), sessionIdleSeconds) },
      orderBy: { lastSeenAt: "desc" },
      select: {
        id: true,
        method: true,
        amr: true,
        ip: true,
        userAgent: true,
        createdAt: true,
        lastSeenAt: true,
        expiresAt: true,
      },
    });
    return rows
      .map(({ amr, ...row }) => ({
        ...row,
        multiFactor: isMultiFactor(amr),
        method: row.method as SessionDto["method"],
        current: row.id === actor.sessionId,
        createdAt: row.createdAt.toISOString(),
        lastSeenAt: row.lastSeenAt.toISOString(),
        expiresAt: row.expiresAt.toISOString(),
      }))
      .sort((a, b) => Number(b.current) - Number(a.current));
  },
);
