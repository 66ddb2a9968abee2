import "server-only";
import { requirePermission } from "@/lib/authz/require";
import { setRole } from "@/lib/role/hold";
import { defineVerb } from "@/lib/verb";
import { readPerson } from "./dto";
import { isElevated } from "./elevated";
import { lockPerson } from "./lock";
import type { HoldPersonRoleInput, PersonDto } from "./schema";

/**
 * Gives one role to a person, or takes it; what else they hold stays, also where somebody changes it at the same time.
 * Doing it again changes nothing. Errors: `person_not_found`, `role_not_found`.
 */
export const holdPersonRole = defineVerb(
  {
    action: "role.assign",
    permission: "role.assign",
    target: (input: HoldPersonRoleInput) => ({ kind: "person", id: input.personId }),
  },
  async (scope, input): Promise<PersonDto> => {
    const { ctx, tx } = scope;
    const person = await lockPerson(scope, input.personId);
    if (isElevated(person.consoleRole)) requirePermission(ctx, "person.elevate");
    const taken = await setRole(scope, { kind: "person", id: person.id, name: person.name }, input.roleId, input.held);
    const dto = await readPerson(ctx, tx, person.id);
    if (taken) await scope.narrow([{ kind: "person", id: person.id }]);
    return dto;
  },
);
