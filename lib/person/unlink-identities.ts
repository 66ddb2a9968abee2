import "server-only";
import { Personal } from "@/lib/audit/personal/draft";
import { reach, requirePermission } from "@/lib/authz/require";
import { nowDate } from "@/lib/ctx";
import { GatehouseError } from "@/lib/errors";
import { defineVerb } from "@/lib/verb";
import { isElevated } from "./elevated";
import { lockPerson } from "./lock";

/**
 * Forgets every account at the single sign-on provider that a person was linked to, one's own or (with
 * `identity.unlink`) anybody's, and ends the sessions that were opened by single sign-on, but for the one that asks. The
 * next sign-in with their verified e-mail address links again: so it is also the cure where somebody has a new account
 * there. Nothing linked, nothing done. Errors: `person_not_found` (also where it is not theirs), `forbidden` (owners and
 * admins are unlinked by owners alone), `reauthentication_required`.
 */
export const unlinkIdentities = defineVerb(
  {
    action: "person.unlink_identity",
    permission: ["identity.unlink", "identity.unlink.own"],
    recentAuthentication: true,
    target: (input: { personId: string }) => ({ kind: "person", id: input.personId }),
  },
  async (scope, input): Promise<{ unlinked: number; sessionsEnded: number }> => {
    const { ctx, tx, record } = scope;
    const within = reach(ctx, "identity.unlink");
    const self = ctx.actor.kind === "person" && ctx.actor.personId === input.personId;
    if (!within.all && within.personId !== input.personId)
      throw new GatehouseError("person_not_found", { refusal: true, internal: "not theirs" });
    const { id, name, consoleRole } = await lockPerson(scope, input.personId);
    if (isElevated(consoleRole) && !self) requirePermission(ctx, "person.elevate");
    const identities = await tx.personIdentity.findMany({
      where: { personId: id },
      select: { issuer: true, subject: true },
      orderBy: { createdAt: "asc" },
    });
    if (identities.length === 0) return { unlinked: 0, sessionsEnded: 0 };
    await tx.personIdentity.deleteMany({ where: { personId: id } });
    const asking = ctx.actor.kind === "person" ? ctx.actor.sessionId : "";
    const { count: sessionsEnded } = await tx.session.updateMany({
      where: { personId: id, method: "sso", revokedAt: null, id: { not: asking } },
      data: { revokedAt: nowDate(ctx) },
    });
    record({
      action: "person.unlink_identity",
      outcome: "success",
      target: { kind: "person", id, name },
      person: { id, name },
      changes: [
        {
          field: "identities",
          before: identities.map(({ issuer, subject }) => ({ issuer, subject: new Personal(id, "subject", subject) })),
          after: [],
        },
      ],
      details: { sessionsEnded },
    });
    return { unlinked: identities.length, sessionsEnded };
  },
);
