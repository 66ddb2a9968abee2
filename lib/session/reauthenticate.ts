import "server-only";
import type { Ctx } from "@/lib/ctx";
import { db } from "@/lib/db";
import { fieldError } from "@/lib/errors";
import { hasSecondFactor } from "@/lib/second-factor/authenticator";
import { METHOD, withSecondFactor } from "@/lib/second-factor/classes";
import { attemptCode, takeCode, type GivenBy } from "@/lib/second-factor/take-code";
import { defineVerb } from "@/lib/verb";
import type { OpenedSession } from "./open";
import { provePassword, requirePersonActor } from "./proof";
import { rotateSession } from "./rotate";

const ACTION = "session.reauthenticate";

/** Marks the session as proved; with a code, where the person has a second factor. Null where the code does not count. */
const markProved = defineVerb(
  { action: ACTION, permission: ["session.read.own", "second_factor.prove.own"] },
  async (scope, input: { code: string | null }): Promise<OpenedSession | null> => {
    const { ctx, tx, record } = scope;
    const actor = requirePersonActor(ctx);
    const person = { id: actor.personId, name: actor.name };
    let by: GivenBy | null = null;
    if (await hasSecondFactor(tx, person.id)) {
      by = await takeCode(scope, person, input.code ?? "");
      if (by === null) return null;
    }
    const proved = [...new Set([...actor.amr, METHOD.password])];
    const session = await rotateSession(ctx, tx, actor.sessionId, { amr: by ? withSecondFactor(proved) : proved });
    record({
      action: ACTION,
      outcome: "success",
      target: { kind: "session", id: session.sessionId },
      person,
      details: { method: "password", ...(by ? { secondFactor: by } : {}) },
    });
    return session;
  },
);

/**
 * Proves again, with the password and the second factor of who has one, who is there; dangerous acts count it for ten minutes.
 * The session gets a new id. Errors: `unauthenticated` (field `password` or `code`), `too_many_attempts`;
 * `second_factor_required` (field `code`) where the password is right and a code is still to be given.
 */
export async function reauthenticate(ctx: Ctx, input: { password: string; code?: string }): Promise<OpenedSession> {
  await provePassword(ctx, ACTION, "password", input.password);
  const actor = requirePersonActor(ctx);
  const person = { id: actor.personId, name: actor.name };
  if (!(await hasSecondFactor(db(), person.id))) {
    const session = await markProved(ctx, { code: null });
    if (session) return session;
  }
  if (!input.code) throw fieldError("second_factor_required", "code", "Give the code that your app shows as well.");
  const code = input.code;
  return attemptCode(ctx, person, ACTION, () => markProved(ctx, { code }));
}
