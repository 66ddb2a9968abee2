import { db } from "@/lib/db";
import type { Ctx } from "@/lib/ctx";
import { createPerson } from "@/lib/person/create";
import { erasePerson } from "@/lib/person/erase";
import { holdPersonRole } from "@/lib/person/hold-role";
import { reinvitePerson } from "@/lib/person/reinvite";
import { unlinkIdentities } from "@/lib/person/unlink-identities";
import { updatePerson } from "@/lib/person/update";
import { confirmEnrolment, startEnrolment } from "@/lib/second-factor/enrol";
import { removeSecondFactor, renewRecoveryCodes } from "@/lib/second-factor/own";
import { resetSecondFactor } from "@/lib/second-factor/reset";
import { giveSecondFactor } from "@/lib/second-factor/step-up";
import { codeOf, stepAt } from "@/lib/second-factor/totp";
import { acceptInvitation, readInvitation } from "@/lib/session/accept-invitation";
import { changePassword } from "@/lib/session/change-password";
import { completeFirstRun, ensureFirstOwner } from "@/lib/session/first-run";
import { actorOfSession } from "@/lib/session/lookup";
import { reauthenticate } from "@/lib/session/reauthenticate";
import { completeReset, resetPassword } from "@/lib/session/reset-password";
import { revokeAllSessions, revokeOtherSessions, revokeSession } from "@/lib/session/revoke";
import { completeSecondStep } from "@/lib/session/second-step";
import { signInWithPassword } from "@/lib/session/sign-in";
import { signInWithIdentity } from "@/lib/session/sign-in-sso";
import { signOut } from "@/lib/session/sign-out";
import { dismissNotice } from "@/lib/notice/dismiss";
import { anonymousCtx, ctxOf, personCtx, systemCtx } from "@/lib/testing/ctx";
import { makePerson, makeRole } from "@/lib/testing/make";
import { makeSecondFactor } from "@/lib/testing/make-second-factor";

const PASSWORD = "correct horse battery staple";
const CHANGED = "another horse battery staple";
const ISSUER = "https://idp.example.com";

/** The secret of a one-time link. */
const secretOf = (url: string | null | undefined): string => new URL(url ?? "").hash.slice(1).replace(/^.*=/, "");

/** The ctx of a session that is open. */
async function sessionCtx(session: { sessionId: string }): Promise<Ctx> {
  const actor = await actorOfSession(session.sessionId, Date.now() / 1000);
  if (!actor) throw new Error("the session is not open");
  return ctxOf(actor);
}

/** Signs in with a password, where no second factor is asked for. */
async function signIn(email: string, password = PASSWORD): Promise<Ctx> {
  const opened = await signInWithPassword(anonymousCtx(), { email, password, replaces: null });
  if ("secondStep" in opened) throw new Error("a second factor is asked for");
  return sessionCtx(opened);
}

/** The first owner, and the ways in and out of people with passwords. */
export async function tourSignIn(): Promise<void> {
  const link = secretOf(await ensureFirstOwner());
  const owner = await completeFirstRun(anonymousCtx(), { link, name: "Olivia Park", email: "olivia@example.com", password: PASSWORD }); // prettier-ignore
  const ctx = await sessionCtx(owner);
  const invited = await createPerson(ctx, { email: "ana@example.com", name: "Ana Ruiz", consoleRole: "member", roleIds: [] }); // prettier-ignore
  const { inviteUrl } = await reinvitePerson(ctx, { personId: invited.id });
  await readInvitation(anonymousCtx(), { link: secretOf(inviteUrl) });
  await acceptInvitation(anonymousCtx(), { link: secretOf(inviteUrl), name: "Ana Ruiz", password: PASSWORD });
  const ana = await signIn("ana@example.com");
  const proved = await sessionCtx(await reauthenticate(ana, { password: PASSWORD }));
  await changePassword(proved, { currentPassword: PASSWORD, newPassword: CHANGED });
  const { resetUrl } = await resetPassword(systemCtx(), { email: "ana@example.com" });
  await completeReset(anonymousCtx(), { link: secretOf(resetUrl), password: PASSWORD });
  await signOut(await signIn("ana@example.com"), undefined);
  const other = await signIn("ana@example.com");
  const here = await signIn("ana@example.com");
  if (other.actor.kind === "person") await revokeSession(here, { sessionId: other.actor.sessionId });
  await signIn("ana@example.com");
  await revokeOtherSessions(here, undefined);
  await revokeAllSessions(ctx, { personId: invited.id });
}

/** What is done to people, and to their accounts at an identity provider. */
export async function tourPeople(): Promise<void> {
  const admin = systemCtx();
  const role = await makeRole([], []);
  const ben = await createPerson(admin, { email: "ben@example.com", name: "Ben Okoye", consoleRole: "auditor", roleIds: [], password: PASSWORD }); // prettier-ignore
  const personId = ben.id;
  await updatePerson(admin, { personId, name: "Ben A. Okoye" });
  await holdPersonRole(admin, { personId, roleId: role.id, held: true });
  await holdPersonRole(admin, { personId, roleId: role.id, held: false });
  await updatePerson(admin, { personId, status: "suspended" });
  await updatePerson(admin, { personId, status: "active" });
  const identity = { issuer: ISSUER, subject: "ben", email: "ben@example.com", emailVerified: true, authTimeSeconds: null, amr: ["pwd"] }; // prettier-ignore
  await signInWithIdentity(anonymousCtx(), { identity });
  await unlinkIdentities(admin, { personId });
  const gone = await createPerson(admin, { email: "eve@example.com", name: "Eve Marlow", consoleRole: "member", roleIds: [role.id], password: PASSWORD }); // prettier-ignore
  await updatePerson(admin, { personId: gone.id, status: "suspended" });
  await erasePerson(admin, { personId: gone.id, confirmName: "Eve Marlow" });
}

/** A second factor: set up, given, replaced, taken off. */
export async function tourSecondFactor(): Promise<void> {
  const chi = await createPerson(systemCtx(), { email: "chi@example.com", name: "Chi Nakamura", consoleRole: "admin", roleIds: [], password: PASSWORD }); // prettier-ignore
  const ctx = await signIn(chi.email);
  const begun = await startEnrolment(ctx, undefined);
  const key = fromBase32(begun.secret);
  const code = (steps: number) => codeOf(key, stepAt(Date.now() / 1000) + steps);
  const enrolled = await confirmEnrolment(ctx, { code: code(0) });
  const stepped = await giveSecondFactor(await sessionCtx(enrolled.session), { code: code(1) });
  const { recoveryCodes } = await renewRecoveryCodes(await sessionCtx(stepped), undefined);
  const pending = await signInWithPassword(anonymousCtx(), { email: chi.email, password: PASSWORD, replaces: null });
  if (!("secondStep" in pending)) throw new Error("no second factor is asked for");
  const { secret } = pending.secondStep;
  const opened = await completeSecondStep(anonymousCtx(), { secret, code: recoveryCodes[0] ?? "" });
  await removeSecondFactor(await sessionCtx(opened), undefined);
  const dora = await makePerson({ name: "Dora Lind", email: "dora@example.com" });
  await makeSecondFactor(dora.id);
  await resetSecondFactor(systemCtx(), { personId: dora.id });
  const notice = await db().notice.findFirstOrThrow({ where: { recipientId: dora.id } });
  await dismissNotice(personCtx(dora), { noticeId: notice.id });
}

/** RFC 4648 §6, as an authenticator app reads it. */
function fromBase32(text: string): Buffer {
  const bits = [...text.replaceAll(" ", "")]
    .map((char) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(char).toString(2).padStart(5, "0"))
    .join("");
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
}
