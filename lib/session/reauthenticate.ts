import "server-only";
import type { Ctx } from "@/lib/ctx";
import { defineVerb } from "@/lib/verb";
import type { OpenedSession } from "./open";
import { provePassword, requirePersonActor } from "./proof";
import { rotateSession } from "./rotate";

const markProved = defineVerb(
  { action: "session.reauthenticate", permission: "session.read.own" },
  async ({ ctx, tx, record }, _input: void): Promise<OpenedSession> => {
    const actor = requirePersonActor(ctx);
    const session = await rotateSession(ctx, tx, actor.sessionId);
    record({
      action: "session.reauthenticate",
      outcome: "success",
      target: { kind: "session", id: session.sessionId },
      person: { id: actor.personId, name: actor.name },
      details: { method: "password" },
    });
    return session;
  },
);

/**
 * Proves again, with the password, who is there; dangerous acts count it for ten minutes. The session gets a new id.
 * Errors: `unauthenticated` (field `password`), `too_many_attempts`.
 */
export async function reauthenticate(ctx: Ctx, input: { password: string }): Promise<OpenedSession> {
  await provePassword(ctx, "session.reauthenticate", "password", input.password);
  return markProved(ctx);
}
