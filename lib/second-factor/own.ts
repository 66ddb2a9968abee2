import "server-only";
import type { Tx } from "@/lib/db";
import { GatehouseError } from "@/lib/errors";
import { lockPerson } from "@/lib/person/lock";
import { readPolicy } from "@/lib/policy/instance";
import { requirePersonActor } from "@/lib/session/proof";
import { defineRead, defineVerb } from "@/lib/verb";
import type { ConsoleRole } from "@/lib/person/console-role";
import { hasSecondFactor } from "./authenticator";
import { codesLeft, renewCodes } from "./recovery-codes";
import { isRequired } from "./requirement";
import type { SecondFactorDto } from "./schema";
import { takeOff } from "./take-off";

const requiredOf = async (tx: Tx, consoleRole: ConsoleRole): Promise<boolean> =>
  isRequired((await readPolicy(tx)).requireSecondFactor, consoleRole);

/** One's own second factor, and whether the policy asks for it. */
export const getOwnSecondFactor = defineRead(
  { action: "person.read", permission: "second_factor.prove.own" },
  async ({ ctx, db }, _input: void): Promise<SecondFactorDto> => {
    const { personId, consoleRole } = requirePersonActor(ctx);
    const [app, left, required] = await Promise.all([
      db.authenticator.findUnique({ where: { personId }, select: { createdAt: true } }),
      codesLeft(db, personId),
      requiredOf(db, consoleRole),
    ]);
    return { app: app && { since: app.createdAt.toISOString(), recoveryCodesLeft: left }, required };
  },
);

/**
 * Takes off one's own second factor, with its recovery codes; nothing to take off, nothing done. Errors:
 * `second_factor_required` where the policy asks for one, `reauthentication_required`.
 */
export const removeSecondFactor = defineVerb(
  { action: "person.second_factor_remove", permission: "second_factor.write.own", recentAuthentication: true },
  async (scope, _input: void): Promise<null> => {
    const { ctx, tx, record } = scope;
    const { personId } = requirePersonActor(ctx);
    const { name, consoleRole } = await lockPerson(scope, personId);
    if (await requiredOf(tx, consoleRole))
      throw new GatehouseError("second_factor_required", {
        detail: "The policy asks you to have one. You can replace it.",
      });
    if (await takeOff(tx, personId))
      record({
        action: "person.second_factor_remove",
        outcome: "success",
        target: { kind: "person", id: personId, name },
        person: { id: personId, name },
      });
    return null;
  },
);

/**
 * Makes new recovery codes in place of one's old ones; they are told this once. Errors: `not_live` where there is no second
 * factor that they could stand in for, `reauthentication_required`.
 */
export const renewRecoveryCodes = defineVerb(
  { action: "person.recovery_codes_renew", permission: "second_factor.write.own", recentAuthentication: true },
  async (scope, _input: void): Promise<{ recoveryCodes: string[] }> => {
    const { ctx, tx, record } = scope;
    const { personId } = requirePersonActor(ctx);
    const { name } = await lockPerson(scope, personId);
    if (!(await hasSecondFactor(tx, personId)))
      throw new GatehouseError("not_live", { detail: "Set up an authenticator app first." });
    const recoveryCodes = await renewCodes(ctx, tx, personId);
    record({
      action: "person.recovery_codes_renew",
      outcome: "success",
      target: { kind: "person", id: personId, name },
      person: { id: personId, name },
    });
    return { recoveryCodes };
  },
);
