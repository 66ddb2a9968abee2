import "server-only";
import { may, refusal } from "@/lib/authz/require";
import { nowDate, type Ctx } from "@/lib/ctx";
import type { Tx } from "@/lib/db";
import { env } from "@/lib/env";
import { GatehouseError } from "@/lib/errors";
import { lockPerson } from "@/lib/person/lock";
import { endSessions, type OpenedSession } from "@/lib/session/open";
import { requirePersonActor } from "@/lib/session/proof";
import { rotateSession } from "@/lib/session/rotate";
import { defineVerb } from "@/lib/verb";
import { hasSecondFactor, newSecret, openSecret } from "./authenticator";
import { withSecondFactor } from "./classes";
import { qrPath } from "./qr";
import { renewCodes } from "./recovery-codes";
import type { EnrolmentDto, GiveCodeInput } from "./schema";
import { attemptCode } from "./take-code";
import { keyUri, stepOfCode, toBase32 } from "./totp";

/** How long somebody may take to set up their app. */
export const ENROLMENT_SECONDS = 900;

const DEFINITION = {
  action: "person.second_factor_enrol",
  permission: "second_factor.prove.own",
  recentAuthentication: true,
} as const;

/** A first app anybody may set up; replacing one takes a session in which the present one was proved. */
async function requireMayEnrol(ctx: Ctx, tx: Tx, personId: string): Promise<{ replaces: boolean }> {
  const replaces = await hasSecondFactor(tx, personId);
  if (replaces && !may(ctx, "second_factor.write.own")) throw refusal(ctx, "second_factor.write.own");
  return { replaces };
}

const groupsOfFour = (text: string): string => (text.match(/.{1,4}/g) ?? []).join(" ");

/**
 * Begins to set up an authenticator app for oneself, or another in place of the present one: makes its secret, which is told
 * this once. Nothing changes until a code of it is given. Errors: `reauthentication_required`, `second_factor_required`.
 */
export const startEnrolment = defineVerb(DEFINITION, async ({ ctx, tx }, _input: void): Promise<EnrolmentDto> => {
  const { personId, email } = requirePersonActor(ctx);
  await lockPerson({ tx }, personId);
  await requireMayEnrol(ctx, tx, personId);
  const { secret, sealed } = newSecret(personId);
  const data = { sealedSecret: sealed, expiresAt: new Date((ctx.nowSeconds() + ENROLMENT_SECONDS) * 1000) };
  await tx.authenticatorEnrolment.upsert({ where: { personId }, create: { personId, ...data }, update: data });
  const uri = keyUri(secret, { issuer: `Gatehouse (${new URL(env().GATEHOUSE_URL).host})`, account: email });
  return { secret: groupsOfFour(toBase32(secret)), uri, qr: qrPath(uri) };
});

type Enrolled = { session: OpenedSession; recoveryCodes: string[] };

const confirm = defineVerb(DEFINITION, async (scope, input: GiveCodeInput): Promise<Enrolled | null> => {
  const { ctx, tx, record } = scope;
  const { personId, sessionId, amr } = requirePersonActor(ctx);
  const { name } = await lockPerson(scope, personId);
  const { replaces } = await requireMayEnrol(ctx, tx, personId);
  const begun = await tx.authenticatorEnrolment.findUnique({ where: { personId } });
  if (!begun || begun.expiresAt <= nowDate(ctx))
    throw new GatehouseError("link_expired", { detail: "Setting up took too long. Start again." });
  const step = stepOfCode(openSecret(personId, begun.sealedSecret), input.code.replace(/\s/g, ""), ctx.nowSeconds());
  if (step === null) return null;
  const app = { sealedSecret: begun.sealedSecret, lastStep: step, createdAt: nowDate(ctx) };
  await tx.authenticator.upsert({ where: { personId }, create: { personId, ...app }, update: app });
  await tx.authenticatorEnrolment.delete({ where: { personId } });
  const recoveryCodes = await renewCodes(ctx, tx, personId);
  const session = await rotateSession(ctx, tx, sessionId, { amr: withSecondFactor(amr), secondFactorAlone: true });
  record({
    action: "person.second_factor_enrol",
    outcome: "success",
    reason: replaces ? "replaced" : null,
    target: { kind: "person", id: personId, name },
    person: { id: personId, name },
    details: { sessionsEnded: await endSessions(ctx, tx, personId, session.sessionId) },
  });
  return { session, recoveryCodes };
});

/**
 * Finishes setting up with a code of the app. From now on every sign-in asks for one; the session counts as multi-factor and
 * gets a new id, the person's other sessions end, and new recovery codes are told this once. Errors: `unauthenticated` (field
 * `code`), `link_expired` (start again), `too_many_attempts`, `reauthentication_required`.
 */
export function confirmEnrolment(ctx: Ctx, input: GiveCodeInput): Promise<Enrolled> {
  const actor = requirePersonActor(ctx);
  const person = { id: actor.personId, name: actor.name };
  return attemptCode(ctx, person, DEFINITION.action, () => confirm(ctx, input));
}
