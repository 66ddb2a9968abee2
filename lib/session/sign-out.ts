import "server-only";
import { nowDate } from "@/lib/ctx";
import { defineVerb } from "@/lib/verb";
import { requirePersonActor } from "./proof";

/** Ends the asking session: its cookie is worthless from now on, wherever a copy of it is. */
export const signOut = defineVerb(
  { action: "session.sign_out", permission: ["session.revoke.own", "second_factor.prove.own"] },
  async ({ ctx, tx, record }, _input: void): Promise<null> => {
    const actor = requirePersonActor(ctx);
    const { count } = await tx.session.updateMany({
      where: { id: actor.sessionId, revokedAt: null },
      data: { revokedAt: nowDate(ctx) },
    });
    if (count > 0)
      record({
        action: "session.sign_out",
        outcome: "success",
        target: { kind: "session", id: actor.sessionId },
        person: { id: actor.personId, name: actor.name },
      });
    return null;
  },
);
