import "server-only";
import { changesBetween } from "@/lib/audit/changes";
import { ownPersonId, refusal, requirePermission } from "@/lib/authz/require";
import { actorRef, nowDate, type Ctx } from "@/lib/ctx";
import type { Tx } from "@/lib/db";
import { fieldError } from "@/lib/errors";
import { setRoles } from "@/lib/role/hold";
import { endSessions } from "@/lib/session/open";
import { defineVerb } from "@/lib/verb";
import { CONSOLE_ROLES, type ConsoleRole } from "./console-role";
import { readPerson } from "./dto";
import { isElevated } from "./elevated";
import { lockPerson } from "./lock";
import type { PersonDto, UpdatePersonInput } from "./schema";

type Row = Awaited<ReturnType<typeof lockPerson>>;

/** Owners and admins are changed by `person.elevate` alone (their own name excepted), and nobody raises themself. */
function requireMayChange(ctx: Ctx, before: Row, input: UpdatePersonInput): void {
  const self = ownPersonId(ctx) === before.id;
  const onlyName = input.consoleRole === undefined && input.status === undefined && input.roleIds === undefined;
  if ((isElevated(before.consoleRole) || isElevated(input.consoleRole)) && !(self && onlyName))
    requirePermission(ctx, "person.elevate");
  if (self && input.consoleRole && widerThan(input.consoleRole, before.consoleRole))
    throw refusal(ctx, "to raise oneself");
}

const widerThan = (a: ConsoleRole, b: ConsoleRole) => CONSOLE_ROLES.indexOf(a) < CONSOLE_ROLES.indexOf(b);

/**
 * Takes back the open links of a person that somebody else than the actor made; returns how many. Who invited a member
 * knows the link, and must not become an owner by it because the member is made one.
 */
async function endForeignLinks(ctx: Ctx, tx: Tx, personId: string): Promise<number> {
  const where = { personId, usedAt: null, createdBy: { not: actorRef(ctx.actor) } };
  return (await tx.oneTimeLink.deleteMany({ where })).count;
}

/** The status to write. Activating somebody who never accepted the invitation makes them invited again. */
function statusWanted(before: Row, wanted: UpdatePersonInput["status"]): Row["status"] | undefined {
  if (wanted !== "active") return wanted;
  if (before.status === "invited")
    throw fieldError("validation_failed", "status", "An invited person becomes active by accepting the invitation.");
  const canSignIn = before.passwordHash !== null || before._count.identities > 0;
  return before.status === "suspended" && !canSignIn ? "invited" : "active";
}

/**
 * Changes a person; what is left out stays. Suspending ends their sessions and their tokens' use at once; a changed
 * console role counts with their next request. Making them an owner or admin takes back the invitations that others made.
 * Errors: `person_not_found`, `role_not_found`, `last_owner`.
 */
export const updatePerson = defineVerb(
  {
    action: "person.update",
    permission: "person.write",
    recentAuthentication: (_ctx, input: UpdatePersonInput) => input.consoleRole !== undefined,
    target: (input) => ({ kind: "person", id: input.personId }),
    foresee: async (_ctx, db, { personId: id, status }) =>
      status === "suspended" && (await db.person.count({ where: { id, status: "active" } })) > 0
        ? [{ kind: "person", id }]
        : [],
  },
  async (scope, input): Promise<PersonDto> => {
    const { ctx, tx, record } = scope;
    const before = await lockPerson(scope, input.personId);
    requireMayChange(ctx, before, input);
    const wanted = { name: input.name, consoleRole: input.consoleRole, status: statusWanted(before, input.status) };
    const changes = changesBetween(before, wanted);
    const changed = new Set(changes.map(({ field }) => field));
    const suspended = changed.has("status") && wanted.status === "suspended";
    if (changes.length > 0) {
      const suspendedAt = changed.has("status") ? (suspended ? nowDate(ctx) : null) : undefined;
      await tx.person.update({ where: { id: before.id }, data: { ...wanted, suspendedAt } });
      const action = !changed.has("status") ? "person.update" : suspended ? "person.suspend" : "person.activate";
      const person = { id: before.id, name: wanted.name ?? before.name };
      const raised = !isElevated(before.consoleRole) && isElevated(wanted.consoleRole);
      const details = {
        ...(suspended ? { sessionsEnded: await endSessions(ctx, tx, before.id) } : {}),
        ...(raised ? { linksEnded: await endForeignLinks(ctx, tx, before.id) } : {}),
      };
      record({ action, outcome: "success", target: { kind: "person", ...person }, person, changes, details });
    }
    let roleTaken = false;
    if (input.roleIds) {
      requirePermission(ctx, "role.assign");
      roleTaken = await setRoles(scope, { kind: "person", id: before.id, name: before.name }, input.roleIds);
    }
    const dto = await readPerson(ctx, tx, before.id);
    if (roleTaken || suspended || changed.has("consoleRole")) await scope.narrow([{ kind: "person", id: before.id }]);
    return dto;
  },
);
