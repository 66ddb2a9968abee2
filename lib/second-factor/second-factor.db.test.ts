import { beforeAll, describe, expect, it, vi } from "vitest";
import type { Actor, Ctx } from "@/lib/ctx";
import { db } from "@/lib/db";
import type { ConsoleRole } from "@/lib/person/console-role";
import { updatePerson } from "@/lib/person/update";
import { listPeople } from "@/lib/person/list";
import { updatePolicy } from "@/lib/policy/update";
import { actorOfSession } from "@/lib/session/lookup";
import { openSession, type OpenedSession } from "@/lib/session/open";
import { hashPassword } from "@/lib/session/password";
import { PENDING_TRIES } from "@/lib/session/pending";
import { reauthenticate } from "@/lib/session/reauthenticate";
import { completeReset, resetPassword } from "@/lib/session/reset-password";
import { completeSecondStep, readSecondStep } from "@/lib/session/second-step";
import { signInWithPassword } from "@/lib/session/sign-in";
import { signInWithIdentity } from "@/lib/session/sign-in-sso";
import { signOut } from "@/lib/session/sign-out";
import { THROTTLE } from "@/lib/session/throttle";
import { anonymousCtx, ctxOf, personCtx, systemCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makePerson } from "@/lib/testing/make";
import { makeSecondFactor } from "@/lib/testing/make-second-factor";
import { confirmEnrolment, ENROLMENT_SECONDS, startEnrolment } from "./enrol";
import { getOwnSecondFactor, removeSecondFactor, renewRecoveryCodes } from "./own";
import { RECOVERY_CODES } from "./recovery-codes";
import { resetSecondFactor } from "./reset";
import { giveSecondFactor } from "./step-up";
import { codeOf, stepAt } from "./totp";

vi.mock("@/lib/session/password-cost", () => ({
  PASSWORD_COST: { memoryCost: 1024, timeCost: 2, parallelism: 1, hashLength: 32 },
}));
useTestDatabase();

const PASSWORD = "correct horse battery";
let passwordHash: string;
beforeAll(async () => {
  passwordHash = await hashPassword(PASSWORD);
});

let address = 0;
/** Somebody before signing in; each from an address of their own, so that no test counts for another. */
const stranger = (more: Partial<Ctx> = {}): Ctx =>
  anonymousCtx({ source: { ip: `2001:db8:${(++address).toString(16)}::1`, userAgent: "vitest" }, ...more });

async function member(consoleRole: ConsoleRole = "member") {
  const { id } = await makePerson({ consoleRole });
  return db().person.update({ where: { id }, data: { passwordHash } });
}
async function guarded(consoleRole: ConsoleRole = "member") {
  const person = await member(consoleRole);
  return { person, ...(await makeSecondFactor(person.id)) };
}
async function firstStep(email: string, password = PASSWORD, ctx = stranger()): Promise<string> {
  const step = await signInWithPassword(ctx, { email, password });
  if (!("secondStep" in step)) throw new Error("no second factor was asked for");
  return step.secondStep.secret;
}
const give = (secret: string, code: string, ctx = stranger()) => completeSecondStep(ctx, { secret, code });
type PersonActor = Extract<Actor, { kind: "person" }>;
async function actorOf({ sessionId }: OpenedSession): Promise<PersonActor> {
  const actor = await actorOfSession(sessionId, Date.now() / 1000);
  if (!actor) throw new Error("no session");
  return actor;
}
/** A session of somebody, made with these methods. */
async function sessionOf(personId: string, amr: string[], method: "password" | "sso" = "password") {
  const session = await db().$transaction((tx) => openSession(systemCtx(), tx, { personId, method, amr }));
  return ctxOf(await actorOf(session), { source: stranger().source });
}
const pendingOf = (personId: string) => db().pendingSignIn.count({ where: { personId } });
const require_ = (requireSecondFactor: "off" | "admins" | "everyone") =>
  updatePolicy(systemCtx(), { requireSecondFactor });

describe("signing in with a second factor", () => {
  it("opens no session before the code, and one that counts as multi-factor after it", async () => {
    const { person, code } = await guarded();
    const first = await observe(() => firstStep(person.email));
    expect(first.entries).toMatchObject([{ action: "session.second_factor_ask", outcome: "success" }]);
    expect(await db().session.count({ where: { personId: person.id } })).toBe(0);
    const secret = first.result ?? "";
    expect(await readSecondStep(stranger(), secret)).toEqual({ email: person.email });
    const { result, entries } = await observe(() => give(secret, code()));
    expect(entries).toMatchObject([
      { action: "session.sign_in", outcome: "success", body: { details: { method: "password", secondFactor: "app" } } },
    ]);
    const actor = await actorOf(result as OpenedSession);
    expect(actor).toMatchObject({ personId: person.id, amr: ["pwd", "otp", "mfa"], owes: null });
    expect(await readSecondStep(stranger(), secret)).toBeNull();
  });

  it("takes no code a second time: not at another sign-in, nor an older one after it", async () => {
    const { person, code } = await guarded();
    const [now, before] = [code(), code(-1)];
    await give(await firstStep(person.email), now);
    for (const used of [now, before]) {
      const secret = await firstStep(person.email);
      const { error, entries } = await observe(() => give(secret, used));
      expect(error).toMatchObject({ code: "unauthenticated", fields: [{ path: "code" }] });
      expect(entries).toMatchObject([{ action: "session.second_factor", outcome: "denied", reason: "bad_code" }]);
    }
  });

  it("lets one of many in that give the same code at the same moment", async () => {
    const { person, code } = await guarded();
    const same = code();
    const secrets = [];
    for (let n = 0; n < 6; n++) secrets.push(await firstStep(person.email));
    const done = await Promise.allSettled(secrets.map((secret) => give(secret, same)));
    expect(done.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await db().session.count({ where: { personId: person.id } })).toBe(1);
  });

  it("lets one of many in that bring the same waiting sign-in at the same moment, each with another recovery code", async () => {
    const { person, recoveryCodes } = await guarded();
    const secret = await firstStep(person.email);
    const done = await Promise.allSettled(recoveryCodes.slice(0, 3).map((code) => give(secret, code)));
    expect(done.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await db().recoveryCode.count({ where: { personId: person.id, usedAt: null } })).toBe(RECOVERY_CODES - 1);
  });

  it("takes a recovery code once, however it is spelt, and says how many are left", async () => {
    const { person, recoveryCodes } = await guarded();
    const [code = ""] = recoveryCodes;
    const spelt = code.toUpperCase().replaceAll("-", " ").replaceAll("0", "O").replaceAll("1", "I");
    const { entries } = await observe(async () => give(await firstStep(person.email), spelt));
    expect(entries).toMatchObject([
      { action: "session.second_factor_ask" },
      { action: "person.recovery_code_use", body: { details: { left: RECOVERY_CODES - 1 } } },
      { action: "session.sign_in", body: { details: { secondFactor: "recovery_code" } } },
    ]);
    await expect(give(await firstStep(person.email), code)).rejects.toMatchObject({ code: "unauthenticated" });
  });

  it("takes neither another person's code nor another person's recovery code", async () => {
    const [one, other] = [await guarded(), await guarded()];
    for (const code of [other.code(), other.recoveryCodes[0] ?? ""])
      await expect(give(await firstStep(one.person.email), code)).rejects.toMatchObject({ code: "unauthenticated" });
  });

  it(`waits for five minutes and ${PENDING_TRIES} codes; then the password must be given again`, async () => {
    const { person, code } = await guarded();
    const late = await firstStep(person.email);
    const later = stranger({ nowSeconds: () => Date.now() / 1000 + 301 });
    const over = await observe(() => give(late, code(10), later));
    expect(over.error).toMatchObject({ code: "link_expired" });
    expect(over.entries).toMatchObject([{ action: "session.second_factor", reason: "not_pending" }]);
    const secret = await firstStep(person.email);
    for (let n = 0; n < PENDING_TRIES; n++)
      await expect(give(secret, "000000x")).rejects.toMatchObject({ code: "unauthenticated" });
    await expect(give(secret, code())).rejects.toMatchObject({ code: "link_expired" });
    for (const made_up of ["", "x".repeat(43), "x".repeat(5000)])
      await expect(give(made_up, code())).rejects.toMatchObject({ code: "link_expired" });
  });

  it("slows down who guesses, by address and by person, however often the password is given", async () => {
    const { person, code } = await guarded();
    const here = stranger();
    for (let n = 0; n < THROTTLE.perPair; n++)
      await expect(give(await firstStep(person.email), "000000x", here)).rejects.toMatchObject({
        code: "unauthenticated",
      });
    const secret = await firstStep(person.email);
    const { error, entries } = await observe(() => give(secret, code(), here));
    expect(error).toMatchObject({ code: "too_many_attempts" });
    expect(entries).toMatchObject([{ action: "session.second_factor", outcome: "denied", reason: "throttled" }]);
    // From elsewhere the owner still gets in: until so many were tried from everywhere.
    await give(secret, code());
    for (let n = THROTTLE.perPair; n < THROTTLE.perPersonCodes; n++)
      await expect(give(await firstStep(person.email), "000000x")).rejects.toMatchObject({ code: "unauthenticated" });
    await expect(give(await firstStep(person.email), code(1))).rejects.toMatchObject({ code: "too_many_attempts" });
  });

  it("ends with whatever ends the person's sessions: a new password, suspension, a reset", async () => {
    const { person, code } = await guarded();
    const suspended = await firstStep(person.email);
    await updatePerson(systemCtx(), { personId: person.id, status: "suspended" });
    await updatePerson(systemCtx(), { personId: person.id, status: "active" });
    await expect(give(suspended, code())).rejects.toMatchObject({ code: "link_expired" });
    await firstStep(person.email);
    await resetSecondFactor(systemCtx(), { personId: person.id });
    expect(await pendingOf(person.id)).toBe(0);
  });

  it("is not got round by a link that sets a new password", async () => {
    const { person, code } = await guarded();
    const secret = await firstStep(person.email);
    const { resetUrl } = await resetPassword(systemCtx(), { email: person.email });
    await completeReset(stranger(), { link: resetUrl.split("#")[1] ?? "", password: "another horse battery" });
    expect(await db().session.count({ where: { personId: person.id, revokedAt: null } })).toBe(0);
    await expect(give(secret, code())).rejects.toMatchObject({ code: "link_expired" });
    await give(await firstStep(person.email, "another horse battery"), code());
  });

  it("keeps neither the browser's secret, nor the app's, nor a recovery code as they are", async () => {
    const { person, recoveryCodes } = await guarded();
    const secret = await firstStep(person.email);
    const rows = JSON.stringify(
      await db().$queryRaw`SELECT row_to_json(p)::text, row_to_json(a)::text, row_to_json(r)::text
        FROM pending_sign_in p, authenticator a, recovery_code r
        WHERE p.person_id = ${person.id} AND a.person_id = ${person.id} AND r.person_id = ${person.id}`,
    );
    for (const told of [secret, ...recoveryCodes]) {
      expect(rows).not.toContain(told);
      expect(rows).not.toContain(Buffer.from(told).toString("hex"));
    }
  });
});

/** The app of somebody who reads the QR code. */
function appOf({ secret }: { secret: string }) {
  const bits = [...secret.replaceAll(" ", "")].map((char) =>
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(char).toString(2).padStart(5, "0"),
  );
  const bytes = Buffer.from((bits.join("").match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  return (steps = 0) => codeOf(bytes, stepAt(Date.now() / 1000) + steps);
}

describe("setting up a second factor", () => {
  it("takes a code of the app, gives recovery codes, ends the other sessions, and makes this one multi-factor", async () => {
    const person = await member();
    const other = await sessionOf(person.id, ["pwd"]);
    const ctx = await sessionOf(person.id, ["pwd"]);
    const begun = await startEnrolment(ctx, undefined);
    expect(begun.secret).toMatch(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/);
    expect(begun.uri).toContain(`secret=${begun.secret.replaceAll(" ", "")}`);
    expect(begun.qr.path).toMatch(/^M\d+ \d+h1v1h-1z/);
    expect(await getOwnSecondFactor(ctx)).toEqual({ app: null, required: false });
    const { result, entries } = await observe(() => confirmEnrolment(ctx, { code: appOf(begun)() }));
    expect(entries).toMatchObject([
      { action: "person.second_factor_enrol", outcome: "success", body: { details: { sessionsEnded: 1 } } },
    ]);
    expect(JSON.stringify(entries.map(({ body }) => body))).not.toContain(begun.secret.replaceAll(" ", ""));
    expect(new Set(result?.recoveryCodes).size).toBe(RECOVERY_CODES);
    const actor = await actorOf(result?.session as OpenedSession);
    expect(actor).toMatchObject({ amr: ["pwd", "otp", "mfa"], owes: null });
    expect((ctx.actor as PersonActor).sessionId).not.toBe(actor.sessionId);
    expect(await actorOfSession((other.actor as PersonActor).sessionId, Date.now() / 1000)).toBeNull();
    expect(await getOwnSecondFactor(ctxOf(actor))).toMatchObject({ app: { recoveryCodesLeft: RECOVERY_CODES } });
    expect((await listPeople(systemCtx(), { limit: 200, q: person.email })).items).toMatchObject([
      { signIn: { password: true, sso: false, secondFactor: true } },
    ]);
  });

  it("changes nothing with a wrong code, and counts it", async () => {
    const person = await member();
    const ctx = await sessionOf(person.id, ["pwd"]);
    const begun = await startEnrolment(ctx, undefined);
    const { error, entries } = await observe(() => confirmEnrolment(ctx, { code: appOf(begun)(5) }));
    expect(error).toMatchObject({ code: "unauthenticated", fields: [{ path: "code" }] });
    expect(entries).toMatchObject([{ action: "person.second_factor_enrol", outcome: "denied", reason: "bad_code" }]);
    expect(await db().authenticator.count({ where: { personId: person.id } })).toBe(0);
  });

  it("must be finished in time, and needs a recent proof of identity", async () => {
    const person = await member();
    const ctx = await sessionOf(person.id, ["pwd"]);
    const begun = await startEnrolment(ctx, undefined);
    const nowSeconds = () => Date.now() / 1000 + ENROLMENT_SECONDS;
    const actor: Actor = { ...(ctx.actor as PersonActor), reauthenticatedAtSeconds: nowSeconds() };
    await expect(confirmEnrolment({ ...ctx, actor, nowSeconds }, { code: appOf(begun)() })).rejects.toMatchObject({
      code: "link_expired",
    });
    const stale = personCtx(person, { reauthenticatedAtSeconds: 0 });
    for (const act of [startEnrolment, removeSecondFactor, renewRecoveryCodes])
      await expect(act(stale, undefined)).rejects.toMatchObject({ code: "reauthentication_required" });
  });

  it("takes the code with which it was confirmed no second time", async () => {
    const person = await member();
    const ctx = await sessionOf(person.id, ["pwd"]);
    const app = appOf(await startEnrolment(ctx, undefined));
    const code = app();
    await confirmEnrolment(ctx, { code });
    await expect(give(await firstStep(person.email), code)).rejects.toMatchObject({ code: "unauthenticated" });
  });

  it("replaces the app and the recovery codes; the old ones count no more", async () => {
    const { person, code, recoveryCodes } = await guarded();
    const ctx = await sessionOf(person.id, ["pwd", "otp", "mfa"]);
    const app = appOf(await startEnrolment(ctx, undefined));
    const { entries } = await observe(() => confirmEnrolment(ctx, { code: app() }));
    expect(entries).toMatchObject([{ action: "person.second_factor_enrol", reason: "replaced" }]);
    for (const old of [code(), recoveryCodes[0] ?? ""])
      await expect(give(await firstStep(person.email), old)).rejects.toMatchObject({ code: "unauthenticated" });
    await give(await firstStep(person.email), app(1));
  });

  it("renews the recovery codes and removes the app, each on the record", async () => {
    const { person, recoveryCodes } = await guarded();
    const ctx = await sessionOf(person.id, ["pwd", "otp", "mfa"]);
    const renewed = await observe(() => renewRecoveryCodes(ctx, undefined));
    expect(renewed.entries).toMatchObject([{ action: "person.recovery_codes_renew", outcome: "success" }]);
    await expect(give(await firstStep(person.email), recoveryCodes[0] ?? "")).rejects.toBeTruthy();
    await give(await firstStep(person.email), renewed.result?.recoveryCodes[0] ?? "");
    const removed = await observe(() => removeSecondFactor(ctx, undefined));
    expect(removed.entries).toMatchObject([{ action: "person.second_factor_remove", outcome: "success" }]);
    expect(await db().recoveryCode.count({ where: { personId: person.id } })).toBe(0);
    expect(await signInWithPassword(stranger(), { email: person.email, password: PASSWORD })).toHaveProperty(
      "sessionId",
    );
    await expect(renewRecoveryCodes(ctx, undefined)).rejects.toMatchObject({ code: "not_live" });
  });
});

describe("a session that lacks the second factor", () => {
  const identity = (email: string, amr: string[]) => ({
    ...{ issuer: "https://idp.example.com", subject: `of ${email}`, email, emailVerified: true, amr },
    authTimeSeconds: Date.now() / 1000,
  });
  const signInAtProvider = async (email: string, amr: string[]) =>
    actorOf(await signInWithIdentity(stranger(), { identity: identity(email, amr) }));

  it("may do nothing but give the code or end: the one by single sign-on of who has an app", async () => {
    const { person, code } = await guarded("owner");
    const actor = await signInAtProvider(person.email, ["pwd"]);
    expect(actor).toMatchObject({ owes: "code", permissions: new Set(["second_factor.prove.own"]) });
    const ctx = ctxOf(actor, { source: stranger().source });
    const { error, entries } = await observe(() => listPeople(ctx, { limit: 1 }));
    expect(error).toMatchObject({ code: "second_factor_required" });
    expect(entries).toMatchObject([{ action: "person.read", outcome: "denied", reason: "second_factor_required" }]);
    for (const act of [startEnrolment, removeSecondFactor, renewRecoveryCodes])
      await expect(act(ctx, undefined)).rejects.toMatchObject({ code: "second_factor_required" });
    const wrong = await observe(() => giveSecondFactor(ctx, { code: "000000x" }));
    expect(wrong.entries).toMatchObject([{ action: "session.second_factor", outcome: "denied", reason: "bad_code" }]);
    const given = await observe(() => giveSecondFactor(ctx, { code: code() }));
    expect(given.entries).toMatchObject([{ action: "session.second_factor", outcome: "success" }]);
    const after = await actorOf(given.result as OpenedSession);
    expect(after).toMatchObject({ owes: null, amr: ["pwd", "otp", "mfa"] });
    expect(after.sessionId).not.toBe(actor.sessionId);
    expect(after.reauthenticatedAtSeconds).toBeCloseTo(actor.reauthenticatedAtSeconds, 0);
    const again = await signInAtProvider(person.email, []);
    await signOut(ctxOf(again));
    expect(await actorOfSession(again.sessionId, Date.now() / 1000)).toBeNull();
  });

  it("is none where the provider asked for more than one factor itself", async () => {
    const { person } = await guarded();
    expect(await signInAtProvider(person.email, ["pwd", "mfa"])).toMatchObject({ owes: null });
  });

  it("is anybody's whom the policy asks, at once, until they have set one up", async () => {
    const admin = await member("admin");
    const [open, plain] = [await sessionOf(admin.id, ["pwd"]), await member()];
    const { entries } = await observe(() => require_("admins"));
    expect(entries).toMatchObject([
      {
        action: "instance.update",
        body: { changes: [{ field: "requireSecondFactor", before: "off", after: "admins" }] },
      },
    ]);
    const owing = await actorOf({ sessionId: (open.actor as PersonActor).sessionId, expiresAt: new Date() });
    expect(owing).toMatchObject({ owes: "enrolment", permissions: new Set(["second_factor.prove.own"]) });
    expect((await sessionOf(plain.id, ["pwd"])).actor).toMatchObject({ owes: null });
    await require_("everyone");
    expect((await sessionOf(plain.id, ["pwd"])).actor).toMatchObject({ owes: "enrolment" });
    expect((await sessionOf(plain.id, ["mfa"], "sso")).actor).toMatchObject({ owes: null });
    const ctx = ctxOf(owing, { source: stranger().source });
    await expect(listPeople(ctx, { limit: 1 })).rejects.toMatchObject({ code: "second_factor_required" });
    const begun = await startEnrolment(ctx, undefined);
    const { session } = await confirmEnrolment(ctx, { code: appOf(begun)() });
    const free = ctxOf(await actorOf(session));
    expect(await getOwnSecondFactor(free)).toMatchObject({ required: true });
    const { error } = await observe(() => removeSecondFactor(free, undefined));
    expect(error).toMatchObject({ code: "second_factor_required" });
    await require_("off");
  });
});

describe("proving again who is there", () => {
  it("takes the password and the code of who has one, and says which of them is missing", async () => {
    const { person, code } = await guarded();
    const ctx = await sessionOf(person.id, ["pwd", "otp", "mfa"]);
    await expect(reauthenticate(ctx, { password: PASSWORD })).rejects.toMatchObject({
      code: "second_factor_required",
      fields: [{ path: "code" }],
    });
    await expect(reauthenticate(ctx, { password: "wrong", code: code() })).rejects.toMatchObject({
      fields: [{ path: "password" }],
    });
    const wrong = await observe(() => reauthenticate(ctx, { password: PASSWORD, code: "000000x" }));
    expect(wrong.error).toMatchObject({ code: "unauthenticated", fields: [{ path: "code" }] });
    expect(wrong.entries).toMatchObject([{ action: "session.reauthenticate", outcome: "denied", reason: "bad_code" }]);
    const { entries } = await observe(() => reauthenticate(ctx, { password: PASSWORD, code: code() }));
    expect(entries).toMatchObject([
      { action: "session.reauthenticate", outcome: "success", body: { details: { secondFactor: "app" } } },
    ]);
  });
});

describe("resetting somebody's second factor", () => {
  it("takes it off, ends their sessions, and tells them", async () => {
    const { person } = await guarded();
    await sessionOf(person.id, ["pwd", "otp", "mfa"]);
    const admin = personCtx(await member("admin"));
    const { result, entries } = await observe(() => resetSecondFactor(admin, { personId: person.id }));
    expect(result).toEqual({ reset: true, sessionsEnded: 1 });
    expect(entries).toMatchObject([{ action: "person.second_factor_reset", outcome: "success", targetId: person.id }]);
    expect(await db().notice.findMany({ where: { personId: person.id } })).toMatchObject([
      { kind: "second_factor_reset", recipientId: person.id, grantId: null },
    ]);
    expect(await db().recoveryCode.count({ where: { personId: person.id } })).toBe(0);
    expect(await signInWithPassword(stranger(), { email: person.email, password: PASSWORD })).toHaveProperty(
      "sessionId",
    );
    expect(await observe(() => resetSecondFactor(admin, { personId: person.id }))).toMatchObject({
      result: { reset: false, sessionsEnded: 0 },
      entries: [],
    });
  });

  it("is an admin's for members, an owner's for admins, and neither an auditor's nor anybody's long after they proved themselves", async () => {
    const [plain, raised] = [await guarded(), await guarded("admin")];
    const as = async (role: ConsoleRole, more = {}) => personCtx(await member(role), more);
    for (const [ctx, personId] of [
      [await as("admin"), raised.person.id],
      [await as("auditor"), plain.person.id],
      [await as("member"), plain.person.id],
    ] as const) {
      const { error, entries } = await observe(() => resetSecondFactor(ctx, { personId }));
      expect(error).toMatchObject({ code: "forbidden" });
      expect(entries).toMatchObject([{ action: "person.second_factor_reset", outcome: "denied" }]);
    }
    const stale = await as("owner", { reauthenticatedAtSeconds: 0 });
    await expect(resetSecondFactor(stale, { personId: plain.person.id })).rejects.toMatchObject({
      code: "reauthentication_required",
    });
    expect(await db().authenticator.count({ where: { personId: { in: [plain.person.id, raised.person.id] } } })).toBe(
      2,
    );
    expect(await resetSecondFactor(await as("owner"), { personId: raised.person.id })).toMatchObject({ reset: true });
  });
});
