import "server-only";
import { CONSOLE_ROLE_PERMISSIONS, owingPermissions } from "@/lib/authz/permissions";
import type { Actor } from "@/lib/ctx";
import { db } from "@/lib/db";
import type { SecondFactorRequirement } from "@/lib/policy/schema";
import { owedBy } from "@/lib/second-factor/requirement";

/** `last_seen_at` is written at most this often, so that reading a page is not a write. */
export const TOUCH_INTERVAL_SECONDS = 60;

type PersonActor = Extract<Actor, { kind: "person" }>;

/** Why a session does not count. */
export type DeadReason = "unknown" | "revoked" | "expired" | "idle" | "person_inactive";

/** What decides whether a session lives. */
export type SessionFacts = {
  revokedAt: Date | null;
  expiresAt: Date;
  lastSeenAt: Date;
  idleSeconds: number;
  personStatus: "invited" | "active" | "suspended";
};

/** Why a session is dead at a moment (Unix seconds), or null where it lives. Pure. A limit counts from its very second. */
export function deadReason(facts: SessionFacts, nowSeconds: number): DeadReason | null {
  if (facts.revokedAt) return "revoked";
  if (nowSeconds * 1000 >= facts.expiresAt.getTime()) return "expired";
  if (nowSeconds * 1000 >= facts.lastSeenAt.getTime() + facts.idleSeconds * 1000) return "idle";
  if (facts.personStatus !== "active") return "person_inactive";
  return null;
}

/**
 * The person behind a session id, read from the database every time: what was ended, suspended or changed a moment ago
 * counts now. Null where the session is dead. One that owes a second factor may do nothing but give it, or end. Touches
 * `last_seen_at`.
 */
export async function actorOfSession(sessionId: string, nowSeconds: number): Promise<PersonActor | null> {
  const [row, instance] = await Promise.all([
    db().session.findUnique({
      where: { id: sessionId },
      select: {
        revokedAt: true,
        expiresAt: true,
        lastSeenAt: true,
        reauthenticatedAt: true,
        amr: true,
        person: {
          select: {
            id: true,
            name: true,
            email: true,
            nameRef: true,
            emailRef: true,
            consoleRole: true,
            status: true,
            authenticator: { select: { personId: true } },
          },
        },
      },
    }),
    db().instance.findUniqueOrThrow({
      where: { id: 1 },
      select: { sessionIdleSeconds: true, requireSecondFactor: true },
    }),
  ]);
  if (!row) return null;
  const facts = { ...row, idleSeconds: instance.sessionIdleSeconds, personStatus: row.person.status };
  if (deadReason(facts, nowSeconds)) return null;
  await touch(sessionId, row.lastSeenAt, nowSeconds);
  const { consoleRole } = row.person;
  const owes = owedBy(
    { amr: row.amr, hasSecondFactor: row.person.authenticator !== null, consoleRole },
    instance.requireSecondFactor as SecondFactorRequirement,
  );
  return {
    kind: "person",
    personId: row.person.id,
    name: row.person.name,
    email: row.person.email,
    nameRef: row.person.nameRef,
    emailRef: row.person.emailRef,
    consoleRole,
    sessionId,
    reauthenticatedAtSeconds: row.reauthenticatedAt.getTime() / 1000,
    amr: row.amr,
    owes,
    permissions: owes === null ? CONSOLE_ROLE_PERMISSIONS[consoleRole] : owingPermissions(),
  };
}

async function touch(sessionId: string, lastSeenAt: Date, nowSeconds: number): Promise<void> {
  if (nowSeconds - lastSeenAt.getTime() / 1000 < TOUCH_INTERVAL_SECONDS) return;
  const now = new Date(nowSeconds * 1000);
  await db().session.updateMany({ where: { id: sessionId, lastSeenAt: { lt: now } }, data: { lastSeenAt: now } });
}
