import "server-only";
import { GatehouseError } from "@/lib/errors";
import { lockPerson } from "@/lib/person/lock";
import { METHOD } from "@/lib/second-factor/classes";
import { defineVerb, type VerbScope } from "@/lib/verb";
import { requireLink, useUpLink } from "./link";
import { openSession, type OpenedSession } from "./open";
import { hashPassword } from "./password";
import type { AcceptInvitationInput, LinkInput } from "./schema";

async function requireInvited(scope: VerbScope, secret: string) {
  const link = await requireLink(scope.ctx, scope.tx, "invitation", secret);
  const person = link.personId === null ? null : await lockPerson(scope, link.personId);
  if (person?.status !== "invited")
    throw new GatehouseError("link_expired", { detail: "This invitation does not count any more.", refusal: true });
  return { link, person };
}

/**
 * Whom an invitation is for, so that the page can greet them. Uses nothing up. Errors: `link_not_found`, `link_expired`.
 */
export const readInvitation = defineVerb(
  { action: "person.accept_invitation", permission: "anyone" },
  async (scope, input: LinkInput): Promise<{ name: string; email: string }> => {
    const { person } = await requireInvited(scope, input.link);
    return { name: person.name, email: person.email };
  },
);

/** Accepts an invitation: sets name and password, and signs in. Errors: `link_not_found`, `link_expired`. */
export const acceptInvitation = defineVerb(
  { action: "person.accept_invitation", permission: "anyone" },
  async (scope, input: AcceptInvitationInput): Promise<OpenedSession> => {
    const { ctx, tx, record } = scope;
    const { link, person } = await requireInvited(scope, input.link);
    const passwordHash = await hashPassword(input.password);
    await tx.person.update({ where: { id: person.id }, data: { name: input.name, status: "active", passwordHash } });
    await useUpLink(ctx, tx, link);
    const about = { id: person.id, name: input.name };
    record({
      action: "person.accept_invitation",
      outcome: "success",
      target: { kind: "person", ...about },
      person: about,
      changes: [{ field: "status", before: "invited", after: "active" }],
    });
    const session = await openSession(ctx, tx, {
      personId: person.id,
      method: "invitation",
      amr: [METHOD.password],
    });
    record({
      action: "session.sign_in",
      outcome: "success",
      target: { kind: "session", id: session.sessionId },
      person: about,
      details: { method: "invitation" },
    });
    return session;
  },
);
