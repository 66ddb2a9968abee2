import "server-only";
import { requirePermission } from "@/lib/authz/require";
import { GatehouseError } from "@/lib/errors";
import { makeLink } from "@/lib/session/link";
import { defineVerb } from "@/lib/verb";
import { isElevated } from "./elevated";
import { lockPerson } from "./lock";

/**
 * Makes a new invitation in place of the open one. Errors: `person_not_found`, `not_live` (the person has accepted, or is
 * suspended).
 */
export const reinvitePerson = defineVerb(
  {
    action: "person.invite",
    permission: "person.write",
    target: (input: { personId: string }) => ({ kind: "person", id: input.personId }),
  },
  async (scope, input): Promise<{ inviteUrl: string }> => {
    const { ctx, tx, record } = scope;
    const person = await lockPerson(scope, input.personId);
    if (isElevated(person.consoleRole)) requirePermission(ctx, "person.elevate");
    if (person.status !== "invited")
      throw new GatehouseError("not_live", { detail: "Only somebody who has not accepted yet can be invited again." });
    const { url } = await makeLink(ctx, tx, { purpose: "invitation", personId: person.id });
    const about = { id: person.id, name: person.name };
    record({ action: "person.invite", outcome: "success", target: { kind: "person", ...about }, person: about });
    return { inviteUrl: url };
  },
);
