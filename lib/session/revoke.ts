import "server-only";
import { ownPersonId, reach } from "@/lib/authz/require";
import { nowDate } from "@/lib/ctx";
import { GatehouseError } from "@/lib/errors";
import { defineVerb } from "@/lib/verb";
import { endSessions } from "./open";
import { requirePersonActor } from "./proof";

/**
 * Ends a session at once: one's own, or (with `session.revoke`) anybody's. Ending an ended one changes nothing.
 * Errors: `session_not_found`, also where it is not theirs to see.
 */
export const revokeSession = defineVerb(
  {
    action: "session.revoke",
    permission: ["session.revoke", "session.revoke.own"],
    target: (input: { sessionId: string }) => ({ kind: "session", id: input.sessionId }),
  },
  async ({ ctx, tx, record }, input): Promise<{ sessionId: string }> => {
    const within = reach(ctx, "session.revoke");
    const session = await tx.session.findUnique({
      where: { id: input.sessionId },
      select: { id: true, person: { select: { id: true, name: true } } },
    });
    if (!session) throw new GatehouseError("session_not_found");
    if (!within.all && session.person.id !== within.personId)
      throw new GatehouseError("session_not_found", { refusal: true, internal: "not theirs" });
    const { count } = await tx.session.updateMany({
      where: { id: session.id, revokedAt: null },
      data: { revokedAt: nowDate(ctx) },
    });
    if (count > 0)
      record({
        action: "session.revoke",
        outcome: "success",
        target: { kind: "session", id: session.id },
        person: session.person,
      });
    return { sessionId: session.id };
  },
);

/** Ends every session of the asking person but this one. */
export const revokeOtherSessions = defineVerb(
  { action: "session.revoke", permission: "session.revoke.own" },
  async ({ ctx, tx, record }, _input: void): Promise<{ ended: number }> => {
    const actor = requirePersonActor(ctx);
    const person = { id: actor.personId, name: actor.name };
    const ended = await endSessions(ctx, tx, actor.personId, actor.sessionId);
    if (ended > 0)
      record({
        action: "session.revoke",
        outcome: "success",
        reason: "all_others",
        target: { kind: "person", ...person },
        person,
        details: { ended },
      });
    return { ended };
  },
);

/** Ends every session of a person: one's own (signing out everywhere), or with `session.revoke` anybody's. */
export const revokeAllSessions = defineVerb(
  {
    action: "session.revoke",
    permission: ["session.revoke", "session.revoke.own"],
    target: (input: { personId: string }) => ({ kind: "person", id: input.personId }),
  },
  async ({ ctx, tx, record }, input): Promise<{ ended: number }> => {
    const within = reach(ctx, "session.revoke");
    const person = await tx.person.findUnique({ where: { id: input.personId }, select: { id: true, name: true } });
    if (!person) throw new GatehouseError("person_not_found");
    if (!within.all && person.id !== ownPersonId(ctx))
      throw new GatehouseError("person_not_found", { refusal: true, internal: "not theirs" });
    const ended = await endSessions(ctx, tx, person.id);
    if (ended > 0)
      record({
        action: "session.revoke",
        outcome: "success",
        reason: "all",
        target: { kind: "person", ...person },
        person,
        details: { ended },
      });
    return { ended };
  },
);
