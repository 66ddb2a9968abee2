import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Ctx } from "@/lib/ctx";
import { db } from "@/lib/db";
import type { ConsoleRole } from "@/lib/person/console-role";
import { updatePerson } from "@/lib/person/update";
import { anonymousCtx, ctxOf, personCtx, systemCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makePerson } from "@/lib/testing/make";
import argon2 from "argon2";
import { changePassword } from "./change-password";
import { decodeSessionId, encodeSessionId } from "./jwt";
import { listSessions } from "./list";
import { actorOfSession } from "./lookup";
import { openSession, type OpenedSession } from "./open";
import { hashPassword } from "./password";
import { reauthenticate } from "./reauthenticate";
import { revokeAllSessions, revokeOtherSessions, revokeSession } from "./revoke";
import { signInWithPassword } from "./sign-in";
import { signOut } from "./sign-out";
import { THROTTLE } from "./throttle";

// What is told here does not depend on the cost of a hash; `password.test.ts` holds the cost itself.
vi.mock("./password-cost", () => ({
  PASSWORD_COST: { memoryCost: 1024, timeCost: 2, parallelism: 1, hashLength: 32 },
}));
useTestDatabase();

const PASSWORD = "correct horse battery";
let passwordHash: string;
let address = 0;
beforeEach(async () => {
  passwordHash ??= await hashPassword(PASSWORD);
  address++;
});

const from = (ip = `192.0.2.${address}`, nowSeconds = () => Date.now() / 1000): Ctx =>
  anonymousCtx({ source: { ip, userAgent: "vitest" }, nowSeconds });
async function member(consoleRole: ConsoleRole = "member") {
  const person = await makePerson({ consoleRole });
  return db().person.update({ where: { id: person.id }, data: { passwordHash } });
}
async function signIn(email: string, password = PASSWORD, ctx = from(), replaces?: string): Promise<OpenedSession> {
  const session = await signInWithPassword(ctx, { email, password, replaces });
  if ("secondStep" in session) throw new Error("a second factor was asked for");
  return session;
}
async function signedIn(person: { id: string; email: string }): Promise<{ ctx: Ctx; sessionId: string }> {
  const { sessionId } = await signIn(person.email);
  const actor = await actorOfSession(sessionId, Date.now() / 1000);
  if (!actor) throw new Error("no session");
  return { ctx: ctxOf(actor), sessionId };
}

describe("signInWithPassword", () => {
  it("opens a session and records it", async () => {
    const person = await member();
    const { result, entries } = await observe(() => signIn(person.email.toUpperCase()));
    expect(entries).toMatchObject([{ action: "session.sign_in", outcome: "success", targetId: result?.sessionId }]);
    expect(await actorOfSession(result?.sessionId ?? "", Date.now() / 1000)).toMatchObject({ personId: person.id });
  });

  it("answers every refusal alike, and records each with its reason", async () => {
    const suspended = await member();
    await db().person.update({
      where: { id: suspended.id },
      data: { status: "suspended", suspendedAt: new Date() },
    });
    const known = await member();
    const invited = await makePerson({ status: "invited" });
    const answers: string[] = [];
    const reasons: (string | null)[] = [];
    for (const [email, password] of [
      [known.email, "wrong password here"],
      ["nobody@example.com", PASSWORD],
      [suspended.email, PASSWORD],
      [invited.email, PASSWORD],
      ["not an address at all", "x".repeat(5000)],
      ["nul\0byte@example.com", PASSWORD],
    ] as const) {
      const { error, entries } = await observe(() => signIn(email, password));
      const { code, detail, fields } = error as { code: string; detail: string; fields: unknown[] };
      answers.push(JSON.stringify({ code, detail, fields }));
      reasons.push(...entries.map((entry) => (entry.outcome === "denied" ? entry.reason : "not denied")));
    }
    expect(new Set(answers).size).toBe(1);
    expect(reasons).toEqual([
      "bad_password",
      "unknown_account",
      "suspended",
      "not_accepted",
      "unknown_account",
      "unknown_account",
    ]);
  });

  it("keeps what was typed as e-mail of an unknown account out of the log", async () => {
    const { entries } = await observe(() => signIn("Hunter2-typed-in-the-wrong-field").catch(() => null));
    expect(JSON.stringify(entries.map(({ body }) => body)).toLowerCase()).not.toContain("hunter2");
  });

  it("does the same hashing for an unknown account, a person without a password, and a known one", async () => {
    const verify = vi.spyOn(argon2, "verify");
    const known = await member();
    const without = await makePerson();
    const parameters: string[] = [];
    for (const email of [known.email, "nobody-at-all@example.com", without.email]) {
      verify.mockClear();
      await signIn(email, "wrong password here").catch(() => null);
      expect(verify).toHaveBeenCalledTimes(1);
      parameters.push(verify.mock.calls[0]?.[0].split("$").slice(0, 4).join("$") ?? "");
    }
    expect(new Set(parameters).size).toBe(1);
    verify.mockRestore();
  });

  it("ends the session that the browser had before", async () => {
    const person = await member();
    const first = await signIn(person.email);
    const second = await signIn(person.email, PASSWORD, from(), first.sessionId);
    expect(second.sessionId).not.toBe(first.sessionId);
    expect(await actorOfSession(first.sessionId, Date.now() / 1000)).toBeNull();
  });
});

describe("a session", () => {
  const open = async (now: number) => {
    const person = await member();
    const ctx = systemCtx({ nowSeconds: () => now });
    const session = await db().$transaction((tx) =>
      openSession(ctx, tx, { personId: person.id, method: "password", amr: ["pwd"] }),
    );
    return { person, ...session };
  };
  const start = Math.floor(Date.now() / 1000);

  it("dies when idle, to the second", async () => {
    const { sessionId } = await open(start);
    expect(await actorOfSession(sessionId, start + 3600)).toBeNull();
    expect(await actorOfSession(sessionId, start + 3599)).not.toBeNull();
    expect(await actorOfSession(sessionId, start + 3599 + 3599)).not.toBeNull();
  });

  it("dies at its absolute end, however busy", async () => {
    const { sessionId } = await open(start);
    for (let at = start; at < start + 43_200; at += 3000) expect(await actorOfSession(sessionId, at)).not.toBeNull();
    expect(await actorOfSession(sessionId, start + 43_200)).toBeNull();
  });

  it("is written to at most once a minute", async () => {
    const { sessionId } = await open(start);
    await actorOfSession(sessionId, start + 59);
    const early = await db().session.findUniqueOrThrow({ where: { id: sessionId } });
    expect(early.lastSeenAt.getTime()).toBe(start * 1000);
    await actorOfSession(sessionId, start + 61);
    const later = await db().session.findUniqueOrThrow({ where: { id: sessionId } });
    expect(later.lastSeenAt.getTime()).toBe((start + 61) * 1000);
  });

  it("dies with the next request after its person is suspended", async () => {
    const { sessionId, person } = await open(start);
    await updatePerson(systemCtx(), { personId: person.id, status: "suspended" });
    expect(await actorOfSession(sessionId, start + 1)).toBeNull();
    await updatePerson(systemCtx(), { personId: person.id, status: "active" });
    expect(await actorOfSession(sessionId, start + 2)).toBeNull();
  });

  it("has the console role of now, not of when it began", async () => {
    const { sessionId, person } = await open(start);
    await updatePerson(systemCtx(), { personId: person.id, consoleRole: "auditor" });
    const actor = await actorOfSession(sessionId, start + 1);
    expect(actor?.consoleRole).toBe("auditor");
    expect(actor?.permissions.has("audit.read")).toBe(true);
    expect(actor?.permissions.has("token.mint.own")).toBe(false);
  });

  it("is found by the cookie we made, and by no other", async () => {
    const { sessionId } = await open(start);
    const value = await encodeSessionId(sessionId, 60);
    expect(value).not.toContain(sessionId);
    expect(await decodeSessionId(value)).toBe(sessionId);
    expect(await decodeSessionId(`${value.slice(0, -2)}AA`)).toBeNull();
    expect(await decodeSessionId(sessionId)).toBeNull();
    expect(await decodeSessionId(await encodeSessionId(sessionId, -60))).toBeNull();
  });
});

describe("ending sessions", () => {
  it("revokeSession ends one's own at once; a second time changes nothing", async () => {
    const person = await member();
    const { ctx } = await signedIn(person);
    const other = await signedIn(person);
    const { entries } = await observe(() => revokeSession(ctx, { sessionId: other.sessionId }));
    expect(entries).toMatchObject([{ action: "session.revoke", outcome: "success", targetId: other.sessionId }]);
    expect(await actorOfSession(other.sessionId, Date.now() / 1000)).toBeNull();
    expect((await observe(() => revokeSession(ctx, { sessionId: other.sessionId }))).entries).toEqual([]);
  });

  it("answers session_not_found for another person's, records it, and leaves it alive; an admin may", async () => {
    const { ctx } = await signedIn(await member());
    const victim = await signedIn(await member());
    const { error, entries } = await observe(() => revokeSession(ctx, { sessionId: victim.sessionId }));
    expect(error).toMatchObject({ code: "session_not_found" });
    expect(entries).toMatchObject([{ outcome: "denied", targetId: victim.sessionId }]);
    expect(await actorOfSession(victim.sessionId, Date.now() / 1000)).not.toBeNull();
    await revokeSession((await signedIn(await member("admin"))).ctx, { sessionId: victim.sessionId });
    expect(await actorOfSession(victim.sessionId, Date.now() / 1000)).toBeNull();
  });

  it("revokeOtherSessions keeps the one that asks; revokeAllSessions keeps none", async () => {
    const person = await member();
    const mine = await signedIn(person);
    await signedIn(person);
    expect(await revokeOtherSessions(mine.ctx)).toEqual({ ended: 1 });
    expect((await listSessions(mine.ctx)).map(({ id, current }) => [id, current])).toEqual([[mine.sessionId, true]]);
    expect(await revokeAllSessions(mine.ctx, { personId: person.id })).toEqual({ ended: 1 });
    expect(await actorOfSession(mine.sessionId, Date.now() / 1000)).toBeNull();
  });

  it("signOut ends the row, so that a copy of the cookie is worthless", async () => {
    const { ctx, sessionId } = await signedIn(await member());
    const { entries } = await observe(() => signOut(ctx));
    expect(entries).toMatchObject([{ action: "session.sign_out", targetId: sessionId }]);
    expect(await actorOfSession(sessionId, Date.now() / 1000)).toBeNull();
  });
});

describe("proving the password again", () => {
  it("reauthenticate moves the time and the session's id", async () => {
    const { ctx, sessionId } = await signedIn(await member());
    const later = Date.now() / 1000 + 900;
    const { result } = await observe(() => reauthenticate({ ...ctx, nowSeconds: () => later }, { password: PASSWORD }));
    expect(await actorOfSession(sessionId, later)).toBeNull();
    expect((await actorOfSession(result?.sessionId ?? "", later))?.reauthenticatedAtSeconds).toBeCloseTo(later, 2);
  });

  it("refuses a wrong password for its field, records it, and stops guessing without harming other sessions", async () => {
    const person = await member();
    const { ctx } = await signedIn(person);
    const { error, entries } = await observe(() => reauthenticate(ctx, { password: "wrong" }));
    expect(error).toMatchObject({ code: "unauthenticated", fields: [{ path: "password" }] });
    expect(entries).toMatchObject([{ action: "session.reauthenticate", outcome: "denied", reason: "bad_password" }]);
    for (let i = 1; i < THROTTLE.perPair; i++) await reauthenticate(ctx, { password: "wrong" }).catch(() => null);
    await expect(reauthenticate(ctx, { password: PASSWORD })).rejects.toMatchObject({ code: "too_many_attempts" });
    await expect(signIn(person.email)).resolves.toBeTruthy();
  });

  it("changePassword needs the current one, and ends the other sessions", async () => {
    const person = await member();
    const mine = await signedIn(person);
    const other = await signedIn(person);
    const next = "an entirely new one";
    await expect(changePassword(mine.ctx, { currentPassword: "wrong", newPassword: next })).rejects.toMatchObject({
      fields: [{ path: "currentPassword" }],
    });
    const { result, entries } = await observe(() =>
      changePassword(mine.ctx, { currentPassword: PASSWORD, newPassword: next }),
    );
    expect(entries).toMatchObject([{ action: "person.password_change", outcome: "success" }]);
    expect(await actorOfSession(result?.sessionId ?? "", Date.now() / 1000)).not.toBeNull();
    expect(await actorOfSession(other.sessionId, Date.now() / 1000)).toBeNull();
    await expect(signIn(person.email)).rejects.toMatchObject({ code: "unauthenticated" });
    await expect(signIn(person.email, next)).resolves.toBeTruthy();
  });

  it("is for people alone", async () => {
    await expect(reauthenticate(anonymousCtx(), { password: PASSWORD })).rejects.toMatchObject({
      code: "unauthenticated",
    });
    const gone = personCtx({ ...(await makePerson()), consoleRole: "member" });
    await expect(reauthenticate(gone, { password: PASSWORD })).rejects.toMatchObject({ code: "unauthenticated" });
  });
});
