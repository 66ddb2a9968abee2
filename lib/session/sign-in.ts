import "server-only";
import type { Ctx } from "@/lib/ctx";
import { db } from "@/lib/db";
import { GatehouseError } from "@/lib/errors";
import { lockPerson } from "@/lib/person/lock";
import { hasSecondFactor } from "@/lib/second-factor/authenticator";
import { METHOD } from "@/lib/second-factor/classes";
import { defineVerb, recordAlone } from "@/lib/verb";
import { openSession, type OpenedSession } from "./open";
import { hashPassword, isOutdated, verifyPassword } from "./password";
import { keepPending, type PendingSecret } from "./pending";
import { accountMark, admitSignIn, type Attempt } from "./throttle";

/** Why a sign-in was refused, in the audit log alone: the caller is told the same for all of them. */
export type SignInRefusal =
  "throttled" | "unknown_account" | "bad_password" | "no_password" | "suspended" | "not_accepted" | "not_invited";

const MAX_EMAIL_CHARS = 254;
const MAX_PASSWORD_CHARS = 200;

/** Where the password alone does not do: what the browser keeps until the code is given (`completeSecondStep`). */
export type SecondStep = { secondStep: PendingSecret };

/**
 * Signs in with e-mail and password, and opens a session (in place of `replaces`, the browser's old one); for somebody who
 * has a second factor it opens none yet, and answers what the second step needs. Every attempt is recorded. Known and unknown accounts cost the same work and get the same answer. An unknown account's e-mail is
 * recorded as a keyed hash alone: people type passwords into that field.
 * Errors: `unauthenticated`, `too_many_attempts`.
 */
export async function signInWithPassword(
  ctx: Ctx,
  input: { email: string; password: string; replaces?: string | null },
): Promise<OpenedSession | SecondStep> {
  const email = input.email.trim().toLowerCase().slice(0, MAX_EMAIL_CHARS).toWellFormed().replaceAll("\0", "");
  const person = await db().person.findUnique({
    where: { email },
    select: { id: true, name: true, status: true, passwordHash: true },
  });
  const attempt = await admit(ctx, email, person);
  const matches =
    (await verifyPassword(person?.passwordHash ?? null, input.password.slice(0, MAX_PASSWORD_CHARS))) &&
    input.password.length <= MAX_PASSWORD_CHARS;
  const reason = refusalReason(person, matches);
  if (reason !== null || person?.passwordHash == null) {
    await attempt.failed();
    throw await refuse(ctx, email, person, reason ?? "no_password");
  }
  const session = await completeSignIn(ctx, {
    personId: person.id,
    provedHash: person.passwordHash,
    rehash: isOutdated(person.passwordHash) ? await hashPassword(input.password) : null,
    replaces: input.replaces ?? null,
  });
  await attempt.succeeded();
  return session;
}

type Candidate = { id: string; name: string; status: string; passwordHash: string | null } | null;

async function admit(ctx: Ctx, email: string, person: Candidate): Promise<Attempt> {
  try {
    return await admitSignIn(email, ctx.source.ip, ctx.nowSeconds());
  } catch (error) {
    if (error instanceof GatehouseError && error.code === "too_many_attempts")
      await refuse(ctx, email, person, "throttled");
    throw error;
  }
}

function refusalReason(person: Candidate, matches: boolean): SignInRefusal | null {
  if (!person) return "unknown_account";
  if (person.status === "invited") return "not_accepted";
  if (person.passwordHash === null) return "no_password";
  if (!matches) return "bad_password";
  return person.status === "suspended" ? "suspended" : null;
}

async function refuse(ctx: Ctx, email: string, person: Candidate, reason: SignInRefusal): Promise<GatehouseError> {
  await recordAlone(ctx, [
    {
      action: "session.sign_in",
      outcome: "denied",
      reason,
      target: person ? { kind: "person", id: person.id, name: person.name } : null,
      person,
      // A known account is named already. Of an unknown one a keyed mark is kept, by which attempts on the same are told.
      details: { method: "password", ...(person ? {} : { account: accountMark(email) }) },
    },
  ]);
  return new GatehouseError("unauthenticated", { detail: "The e-mail address or the password is wrong." });
}

/** Opens the session, or the second step, unless the account changed while its password was looked at. */
const completeSignIn = defineVerb(
  { action: "session.sign_in", permission: "anyone" },
  async (
    scope,
    input: { personId: string; provedHash: string; rehash: string | null; replaces: string | null },
  ): Promise<OpenedSession | SecondStep> => {
    const { ctx, tx, record } = scope;
    const person = await lockPerson(scope, input.personId);
    if (person.status !== "active" || person.passwordHash !== input.provedHash)
      throw new GatehouseError("unauthenticated", { detail: "The e-mail address or the password is wrong." });
    if (input.rehash) await tx.person.update({ where: { id: person.id }, data: { passwordHash: input.rehash } });
    const about = { id: person.id, name: person.name };
    if (await hasSecondFactor(tx, person.id)) {
      record({
        action: "session.second_factor_ask",
        outcome: "success",
        target: { kind: "person", ...about },
        person: about,
      });
      return { secondStep: await keepPending(ctx, tx, person.id) };
    }
    const session = await openSession(ctx, tx, {
      personId: person.id,
      method: "password",
      amr: [METHOD.password],
      replaces: input.replaces,
    });
    record({
      action: "session.sign_in",
      outcome: "success",
      target: { kind: "session", id: session.sessionId },
      person: about,
      details: { method: "password" },
    });
    return session;
  },
);
