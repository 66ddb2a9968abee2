import "server-only";
import type { Ctx } from "@/lib/ctx";
import { db } from "@/lib/db";
import { GatehouseError } from "@/lib/errors";
import { lockPerson } from "@/lib/person/lock";
import { METHOD, withSecondFactor } from "@/lib/second-factor/classes";
import { attemptCode, takeCode } from "@/lib/second-factor/take-code";
import { defineVerb, recordAlone } from "@/lib/verb";
import { openSession, type OpenedSession } from "./open";
import { countTry, findPending, takePending } from "./pending";

type Input = { secret: string; code: string; replaces?: string | null };

/** Takes the code and opens the session in one transaction; null where the code does not count. */
const complete = defineVerb(
  { action: "session.sign_in", permission: "anyone" },
  async (scope, input: Input & { personId: string }): Promise<OpenedSession | null> => {
    const { ctx, tx, record } = scope;
    const person = await lockPerson(scope, input.personId);
    if (person.status !== "active" || person.passwordHash === null) return null;
    const about = { id: person.id, name: person.name };
    const by = await takeCode(scope, about, input.code);
    if (by === null) return null;
    if (!(await takePending(ctx, tx, input.secret))) throw over();
    const session = await openSession(ctx, tx, {
      personId: person.id,
      method: "password",
      amr: withSecondFactor([METHOD.password]),
      replaces: input.replaces,
    });
    record({
      action: "session.sign_in",
      outcome: "success",
      target: { kind: "session", id: session.sessionId },
      person: about,
      details: { method: "password", secondFactor: by },
    });
    return session;
  },
);

const over = (): GatehouseError =>
  new GatehouseError("link_expired", {
    detail: "Signing in took too long, or too many codes were tried. Start again.",
  });

/**
 * The second step of a sign-in: the code of the person's app, or a recovery code, from the browser that gave the password. Opens
 * the session. Every try is recorded. Errors: `unauthenticated` (field `code`), `too_many_attempts`; `link_expired` where the
 * password must be given again.
 */
export async function completeSecondStep(ctx: Ctx, input: Input): Promise<OpenedSession> {
  const person = await findPending(ctx, db(), input.secret);
  if (!person || !(await countTry(ctx, input.secret))) {
    await recordAlone(ctx, [{ action: "session.second_factor", outcome: "denied", reason: "not_pending", person }]);
    throw over();
  }
  return attemptCode(ctx, person, "session.second_factor", () => complete(ctx, { ...input, personId: person.id }));
}

/** Whose sign-in waits in this browser, for the page that asks for the code; null where none does. */
export async function readSecondStep(ctx: Ctx, secret: string | null): Promise<{ email: string } | null> {
  const person = secret === null ? null : await findPending(ctx, db(), secret);
  return person && { email: person.email };
}
