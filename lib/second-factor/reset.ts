import "server-only";
import { requirePermission } from "@/lib/authz/require";
import { giveNotice } from "@/lib/notice/give";
import { isElevated } from "@/lib/person/elevated";
import { lockPerson } from "@/lib/person/lock";
import { endSessions } from "@/lib/session/open";
import { defineVerb } from "@/lib/verb";
import type { ResetSecondFactorInput, SecondFactorReset } from "./schema";
import { takeOff } from "./take-off";

/**
 * Takes off the second factor of somebody who has lost it, with its recovery codes, and ends their sessions: they sign in with
 * what is left, and set up another where the policy asks for one. They are told by a notice. No second factor, nothing done.
 * Errors: `person_not_found`, `forbidden` (owners and admins are reset by owners alone), `reauthentication_required`.
 */
export const resetSecondFactor = defineVerb(
  {
    action: "person.second_factor_reset",
    permission: "second_factor.reset",
    recentAuthentication: true,
    target: (input: ResetSecondFactorInput) => ({ kind: "person", id: input.personId }),
  },
  async (scope, { personId }): Promise<SecondFactorReset> => {
    const { ctx, tx, record } = scope;
    const { name, consoleRole } = await lockPerson(scope, personId);
    if (isElevated(consoleRole)) requirePermission(ctx, "person.elevate");
    if (!(await takeOff(tx, personId))) return { reset: false, sessionsEnded: 0 };
    const sessionsEnded = await endSessions(ctx, tx, personId);
    await giveNotice(scope, "second_factor_reset", { personId });
    record({
      action: "person.second_factor_reset",
      outcome: "success",
      target: { kind: "person", id: personId, name },
      person: { id: personId, name },
      details: { sessionsEnded },
    });
    return { reset: true, sessionsEnded };
  },
);
