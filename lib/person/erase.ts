import "server-only";
import { ownPersonId, refusal } from "@/lib/authz/require";
import { nowDate } from "@/lib/ctx";
import { fieldError, GatehouseError } from "@/lib/errors";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { endOAuthAccess } from "@/lib/oauth/end-access";
import { setRoles } from "@/lib/role/hold";
import { endSessions } from "@/lib/session/open";
import { endTokens } from "@/lib/token/end";
import { defineVerb, type VerbScope } from "@/lib/verb";
import { readPerson } from "./dto";
import { eraseWords, forgetWays } from "./forget";
import { lockAnyPerson } from "./lock";
import type { ErasePersonInput, PersonDto } from "./schema";

/** What is shown of somebody erased, and an address that nobody has (RFC 2606 §2). */
const ERASED_NAME = "Erased person";
const erasedEmail = (personId: string) => `${personId}@erased.invalid`;

const REASON = "person erased";

/** Ends whatever still works in their name, each with its own entry. */
async function endAccess(scope: VerbScope, person: { id: string; name: string }) {
  const subject = { kind: "person", id: person.id } as const;
  const which = Prisma.sql`t.person_id = ${person.id}`;
  const { revoked: tokens } = await endTokens(scope, { which, reason: REASON, subject, urgent: false });
  const { revoked: connections } = await endOAuthAccess(scope, { subject, reason: REASON, urgent: false });
  await setRoles(scope, { kind: "person", ...person }, []);
  return { tokens, connections, sessions: await endSessions(scope.ctx, scope.tx, person.id) };
}

/**
 * Erases a person for good: what the audit log's commitments to their names and addresses stand for, how they signed in, and
 * where from. Their row stays without a name, and every entry and proof as it is; their address is free. Whoever is erased must be
 * suspended, and their name given to confirm. Errors: `person_not_found`, `person_erased`, `not_suspended`, `validation_failed`
 * (field `confirmName`), `forbidden` (oneself, and tokens that are no owner's), `reauthentication_required`.
 */
export const erasePerson = defineVerb(
  {
    action: "person.erase",
    permission: "person.erase",
    recentAuthentication: true,
    target: (input: ErasePersonInput) => ({ kind: "person", id: input.personId }),
    foresee: async (_ctx, db, { personId: id }) =>
      (await db.person.count({ where: { id, status: "suspended", erasedAt: null } })) > 0 ? [{ kind: "person", id }] : [],
  },
  async (scope, { personId, confirmName }): Promise<PersonDto> => {
    const { ctx, tx, record } = scope;
    if (ctx.actor.kind === "token" && ctx.actor.personId === null) throw refusal(ctx, "person.erase");
    if (ownPersonId(ctx) === personId) throw refusal(ctx, "to erase oneself");
    const { id, name, status, erasedAt } = await lockAnyPerson(scope, personId);
    if (erasedAt) throw new GatehouseError("person_erased");
    if (status !== "suspended")
      throw new GatehouseError("not_suspended", { detail: "Suspend the person first: only then can they be erased." });
    if (confirmName.trim() !== name)
      throw fieldError("validation_failed", "confirmName", "is not the person's name, letter by letter");
    const ended = await endAccess(scope, { id, name });
    const forgotten = { ...(await forgetWays(tx, id)), ...(await eraseWords(tx, id)) };
    await tx.person.update({
      where: { id },
      data: {
        ...{ name: ERASED_NAME, email: erasedEmail(id), passwordHash: null, lastSignInAt: null },
        ...{ consoleRole: "member", erasedAt: nowDate(ctx) },
      },
    });
    record({ action: "person.erase", outcome: "success", target: { kind: "person", id }, person: { id }, details: { ended, forgotten } });
    const dto = await readPerson(ctx, tx, id);
    await scope.narrow([{ kind: "person", id }]);
    return dto;
  },
); // prettier-ignore
