import "server-only";
import { GatehouseError } from "@/lib/errors";
import { lockPerson } from "@/lib/person/lock";
import { defineVerb } from "@/lib/verb";
import { makeLink, requireLink, useUpLink } from "./link";
import { endSessions } from "./open";
import { hashPassword } from "./password";
import type { CompleteResetInput } from "./schema";

/**
 * For the command line: makes a link (1 h) with which an active person sets a new password. Errors: `person_not_found`,
 * `holder_inactive`.
 */
export const resetPassword = defineVerb(
  { action: "person.password_reset", permission: "person.elevate" },
  async ({ ctx, tx, record }, input: { email: string }): Promise<{ resetUrl: string }> => {
    const person = await tx.person.findUnique({
      where: { email: input.email.trim().toLowerCase() },
      select: { id: true, name: true, status: true },
    });
    if (!person) throw new GatehouseError("person_not_found");
    if (person.status !== "active")
      throw new GatehouseError("holder_inactive", { detail: `The person is ${person.status}.` });
    const { url } = await makeLink(ctx, tx, { purpose: "password_reset", personId: person.id });
    record({
      action: "person.password_reset",
      outcome: "success",
      reason: "link_made",
      target: { kind: "person", id: person.id, name: person.name },
      person,
    });
    return { resetUrl: url };
  },
);

/** Sets the new password by the link, and ends every session of the person. Errors: `link_not_found`, `link_expired`. */
export const completeReset = defineVerb(
  { action: "person.password_reset", permission: "anyone" },
  async (scope, input: CompleteResetInput): Promise<{ email: string }> => {
    const { ctx, tx, record } = scope;
    const link = await requireLink(ctx, tx, "password_reset", input.link);
    const person = link.personId === null ? null : await lockPerson(scope, link.personId);
    if (person?.status !== "active") throw new GatehouseError("link_expired", { refusal: true });
    await tx.person.update({
      where: { id: person.id },
      data: { passwordHash: await hashPassword(input.password) },
    });
    await useUpLink(ctx, tx, link);
    const about = { id: person.id, name: person.name };
    record({
      action: "person.password_reset",
      outcome: "success",
      target: { kind: "person", ...about },
      person: about,
      details: { sessionsEnded: await endSessions(ctx, tx, person.id) },
    });
    return { email: person.email };
  },
);
