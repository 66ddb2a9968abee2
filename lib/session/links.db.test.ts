import { describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { createPerson } from "@/lib/person/create";
import { createPersonSchema } from "@/lib/person/schema";
import { updatePerson } from "@/lib/person/update";
import { anonymousCtx, personCtx, systemCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makePerson } from "@/lib/testing/make";
import { acceptInvitation, readInvitation } from "./accept-invitation";
import { completeFirstRun, ensureFirstOwner, isFirstRun } from "./first-run";
import { LINK_LIFETIME_SECONDS } from "./link";
import { actorOfSession } from "./lookup";
import { openSession } from "./open";
import { completeReset, resetPassword } from "./reset-password";
import { signInWithPassword } from "./sign-in";

useTestDatabase();

const PASSWORD = "correct horse battery";
const secretOf = (url: string | null | undefined) => url?.split("#")[1] ?? "";
let n = 0;
const invite = async () => {
  const person = await createPerson(
    systemCtx(),
    createPersonSchema.parse({ email: `guest-${++n}@example.com`, name: "Guest", consoleRole: "member" }),
  );
  return { person, link: secretOf(person.inviteUrl) };
};
const inSeconds = (seconds: number) => anonymousCtx({ nowSeconds: () => Date.now() / 1000 + seconds });

// First, and in this order: the database has no owner yet.
describe("the first run", () => {
  const input = (link: string, email: string) => ({ link, name: "First", email, password: PASSWORD });

  it("gives out one link at a time, in the fragment, and replaces it at each start", async () => {
    expect(await isFirstRun()).toBe(true);
    const first = await ensureFirstOwner();
    const second = await ensureFirstOwner();
    expect(first).toMatch(/\/first-run#[A-Za-z0-9_-]{43}$/);
    expect(second).not.toBe(first);
    await expect(completeFirstRun(anonymousCtx(), input(secretOf(first), "a@example.com"))).rejects.toMatchObject({
      code: "link_not_found",
    });
  });

  it("refuses an expired link, and records it", async () => {
    const link = secretOf(await ensureFirstOwner());
    const { error, entries } = await observe(() =>
      completeFirstRun(inSeconds(LINK_LIFETIME_SECONDS.first_run + 1), input(link, "a@example.com")),
    );
    expect(error).toMatchObject({ code: "link_expired" });
    expect(entries).toMatchObject([{ action: "person.first_run", outcome: "denied", reason: "link_expired" }]);
  });

  it("makes exactly one owner of two at the same moment, signed in, and is over then", async () => {
    const link = secretOf(await ensureFirstOwner());
    const settled = await Promise.allSettled(
      ["a@example.com", "b@example.com"].map((email) => completeFirstRun(anonymousCtx(), input(link, email))),
    );
    const won = settled.find((one) => one.status === "fulfilled");
    const lost = settled.find((one) => one.status === "rejected");
    expect(lost?.reason).toMatchObject({ code: "first_run_done" });
    expect(await actorOfSession(won?.value.sessionId ?? "", Date.now() / 1000)).toMatchObject({ consoleRole: "owner" });
    expect(await db().person.count({ where: { consoleRole: "owner" } })).toBe(1);
    expect(await isFirstRun()).toBe(false);
    expect(await ensureFirstOwner()).toBeNull();
  });
});

describe("an invitation", () => {
  it("tells whom it is for without being used up, then signs in once", async () => {
    const { person, link } = await invite();
    expect(await readInvitation(anonymousCtx(), { link })).toEqual({ name: "Guest", email: person.email });
    const accept = () => acceptInvitation(anonymousCtx(), { link, name: "Guest G.", password: PASSWORD });
    const { result, entries } = await observe(accept);
    expect(entries.map(({ action }) => action)).toEqual(["person.accept_invitation", "session.sign_in"]);
    expect(await actorOfSession(result?.sessionId ?? "", Date.now() / 1000)).toMatchObject({ name: "Guest G." });
    const again = await observe(accept);
    expect(again.error).toMatchObject({ code: "link_expired" });
    expect(again.entries).toMatchObject([{ outcome: "denied", reason: "link_expired" }]);
    await expect(signInWithPassword(anonymousCtx(), { email: person.email, password: PASSWORD })).resolves.toBeTruthy();
  });

  it("lets exactly one of two acceptances at the same moment through", async () => {
    const { link } = await invite();
    const settled = await Promise.allSettled(
      ["One", "Two"].map((name) => acceptInvitation(anonymousCtx(), { link, name, password: PASSWORD })),
    );
    expect(settled.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  it("ends after seven days, with suspension, and is nothing for an invented secret", async () => {
    const { person, link } = await invite();
    await expect(readInvitation(inSeconds(LINK_LIFETIME_SECONDS.invitation + 1), { link })).rejects.toMatchObject({
      code: "link_expired",
    });
    await updatePerson(systemCtx(), { personId: person.id, status: "suspended" });
    await expect(readInvitation(anonymousCtx(), { link })).rejects.toMatchObject({ code: "link_expired" });
    const { error, entries } = await observe(() => readInvitation(anonymousCtx(), { link: "x".repeat(43) }));
    expect(error).toMatchObject({ code: "link_not_found" });
    expect(entries).toMatchObject([{ outcome: "denied", reason: "link_not_found" }]);
  });

  it("is not a password reset link, nor the other way round", async () => {
    const { link } = await invite();
    await expect(completeReset(anonymousCtx(), { link, password: PASSWORD })).rejects.toMatchObject({
      code: "link_not_found",
    });
  });
});

describe("a password reset", () => {
  it("sets the password once and ends every session", async () => {
    const person = await makePerson();
    const session = await db().$transaction((tx) =>
      openSession(systemCtx(), tx, { personId: person.id, method: "password", amr: ["pwd"] }),
    );
    const { resetUrl } = await resetPassword(systemCtx(), { email: person.email });
    const link = secretOf(resetUrl);
    const { entries } = await observe(() => completeReset(anonymousCtx(), { link, password: PASSWORD }));
    expect(entries).toMatchObject([{ action: "person.password_reset", outcome: "success" }]);
    expect(await actorOfSession(session.sessionId, Date.now() / 1000)).toBeNull();
    await expect(signInWithPassword(anonymousCtx(), { email: person.email, password: PASSWORD })).resolves.toBeTruthy();
    await expect(completeReset(anonymousCtx(), { link, password: PASSWORD })).rejects.toMatchObject({
      code: "link_expired",
    });
  });

  it("is made for active people alone, and by whom may make owners alone", async () => {
    const suspended = await makePerson({ status: "suspended" });
    await expect(resetPassword(systemCtx(), { email: suspended.email })).rejects.toMatchObject({
      code: "holder_inactive",
    });
    const admin = await makePerson({ consoleRole: "admin" });
    await expect(
      resetPassword(personCtx({ ...admin, consoleRole: "admin" }), { email: admin.email }),
    ).rejects.toMatchObject({ code: "forbidden" });
  });
});
