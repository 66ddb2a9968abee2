import "server-only";
import { requirePermission } from "@/lib/authz/require";
import { newId } from "@/lib/id";
import { setRoles } from "@/lib/role/hold";
import { makeLink } from "@/lib/session/link";
import { hashPassword } from "@/lib/session/password";
import { defineVerb } from "@/lib/verb";
import { readPerson } from "./dto";
import { isElevated } from "./elevated";
import type { CreatedPersonDto, CreatePersonInput } from "./schema";

/**
 * Creates a person: active with a password, else invited, with an `inviteUrl` that is told once. Making an owner or an
 * admin needs `person.elevate` and a recent proof of identity; giving roles needs `role.assign`.
 * Errors: `email_taken`, `role_not_found`.
 */
export const createPerson = defineVerb(
  {
    action: "person.create",
    permission: "person.write",
    recentAuthentication: (_ctx, input: CreatePersonInput) => isElevated(input.consoleRole),
  },
  async (scope, input): Promise<CreatedPersonDto> => {
    const { ctx, tx, record } = scope;
    if (isElevated(input.consoleRole)) requirePermission(ctx, "person.elevate");
    if (input.roleIds.length > 0) requirePermission(ctx, "role.assign");
    const { email, name, consoleRole } = input;
    const status = input.password === undefined ? "invited" : "active";
    const passwordHash = input.password === undefined ? null : await hashPassword(input.password);
    const id = newId("person");
    await tx.person.create({ data: { id, email, name, consoleRole, status, passwordHash }, select: { id: true } });
    record({
      action: status === "invited" ? "person.invite" : "person.create",
      outcome: "success",
      target: { kind: "person", id, name },
      person: { id, name },
      changes: [
        { field: "email", before: null, after: email },
        { field: "name", before: null, after: name },
        { field: "consoleRole", before: null, after: consoleRole },
        { field: "status", before: null, after: status },
      ],
    });
    await setRoles(scope, { kind: "person", id, name }, input.roleIds);
    const link = status === "invited" ? await makeLink(ctx, tx, { purpose: "invitation", personId: id }) : null;
    return { ...(await readPerson(ctx, tx, id)), ...(link ? { inviteUrl: link.url } : {}) };
  },
);
