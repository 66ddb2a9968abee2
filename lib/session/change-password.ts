import "server-only";
import type { Ctx } from "@/lib/ctx";
import { defineVerb } from "@/lib/verb";
import { endSessions, type OpenedSession } from "./open";
import { hashPassword } from "./password";
import { provePassword, requirePersonActor } from "./proof";
import { rotateSession } from "./rotate";
import type { ChangePasswordInput } from "./schema";

const writePassword = defineVerb(
  { action: "person.password_change", permission: "session.revoke.own" },
  async ({ ctx, tx, record }, input: { passwordHash: string }): Promise<OpenedSession> => {
    const actor = requirePersonActor(ctx);
    const person = { id: actor.personId, name: actor.name };
    await tx.person.update({ where: { id: actor.personId }, data: { passwordHash: input.passwordHash } });
    const session = await rotateSession(ctx, tx, actor.sessionId);
    record({
      action: "person.password_change",
      outcome: "success",
      target: { kind: "person", ...person },
      person,
      details: { sessionsEnded: await endSessions(ctx, tx, actor.personId, session.sessionId) },
    });
    return session;
  },
);

/**
 * Changes the asking person's password, which needs the current one, and ends their other sessions. The session gets a
 * new id. Errors: `unauthenticated` (field `currentPassword`), `too_many_attempts`.
 */
export async function changePassword(ctx: Ctx, input: ChangePasswordInput): Promise<OpenedSession> {
  await provePassword(ctx, "person.password_change", "currentPassword", input.currentPassword);
  return writePassword(ctx, { passwordHash: await hashPassword(input.newPassword) });
}
