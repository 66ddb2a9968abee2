import "server-only";
import type { Ctx } from "@/lib/ctx";
import { lockPerson } from "@/lib/person/lock";
import type { OpenedSession } from "@/lib/session/open";
import { requirePersonActor } from "@/lib/session/proof";
import { rotateSession } from "@/lib/session/rotate";
import { defineVerb } from "@/lib/verb";
import { withSecondFactor } from "./classes";
import type { GiveCodeInput } from "./schema";
import { attemptCode, takeCode } from "./take-code";

const ACTION = "session.second_factor";

const stepUp = defineVerb(
  { action: ACTION, permission: "second_factor.prove.own" },
  async (scope, { code }: GiveCodeInput): Promise<OpenedSession | null> => {
    const { ctx, tx, record } = scope;
    const { personId, sessionId, amr } = requirePersonActor(ctx);
    const { name } = await lockPerson(scope, personId);
    const by = await takeCode(scope, { id: personId, name }, code);
    if (by === null) return null;
    const session = await rotateSession(ctx, tx, sessionId, { amr: withSecondFactor(amr), secondFactorAlone: true });
    record({
      action: ACTION,
      outcome: "success",
      target: { kind: "session", id: session.sessionId },
      person: { id: personId, name },
      details: { secondFactor: by },
    });
    return session;
  },
);

/**
 * Gives a code of one's second factor inside a session that lacks it (one by single sign-on, say): from then on the session
 * counts as multi-factor. It gets a new id. Errors: `unauthenticated` (field `code`), `too_many_attempts`.
 */
export function giveSecondFactor(ctx: Ctx, input: GiveCodeInput): Promise<OpenedSession> {
  const actor = requirePersonActor(ctx);
  return attemptCode(ctx, { id: actor.personId, name: actor.name }, ACTION, () => stepUp(ctx, input));
}
