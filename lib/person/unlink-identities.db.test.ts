import { describe, expect, it } from "vitest";
import type { Actor } from "@/lib/ctx";
import { db } from "@/lib/db";
import { actorOfSession } from "@/lib/session/lookup";
import { signInWithIdentity } from "@/lib/session/sign-in-sso";
import { anonymousCtx, ctxOf, personCtx, systemCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makePerson } from "@/lib/testing/make";
import type { ConsoleRole } from "./console-role";
import { unlinkIdentities } from "./unlink-identities";

useTestDatabase();

const ISSUER = "https://idp.example.com";
const isOpen = async (sessionId: string) => (await actorOfSession(sessionId, Date.now() / 1000)) !== null;

/** Signs in as a subject whose verified address is the person's. */
const signIn = (email: string, subject: string) =>
  signInWithIdentity(anonymousCtx(), {
    identity: { issuer: ISSUER, subject, email, emailVerified: true, authTimeSeconds: null, amr: [] },
  });

/** A person who has signed in by single sign-on once. */
async function makeLinked(consoleRole: ConsoleRole = "member") {
  const person = await makePerson({ consoleRole });
  const subject = `subject of ${person.id}`;
  return { ...person, subject, ...(await signIn(person.email, subject)) };
}
const makeCtx = async (consoleRole: ConsoleRole, more: Parameters<typeof personCtx>[1] = {}) =>
  personCtx({ ...(await makePerson({ consoleRole })), consoleRole }, more);

describe("unlinkIdentities", () => {
  it("forgets the account, ends what was opened by it, and records both; again it does nothing", async () => {
    const person = await makeLinked();
    const { result, entries } = await observe(() => unlinkIdentities(systemCtx(), { personId: person.id }));
    expect(result).toEqual({ unlinked: 1, sessionsEnded: 1 });
    expect(await isOpen(person.sessionId)).toBe(false);
    expect(await db().personIdentity.count({ where: { personId: person.id } })).toBe(0);
    const before = [{ issuer: ISSUER, subject: person.subject }];
    expect(entries).toMatchObject([
      {
        action: "person.unlink_identity",
        outcome: "success",
        targetId: person.id,
        opened: { person: { id: person.id }, changes: [{ field: "identities", before, after: [] }] },
      },
    ]);
    const again = await observe(() => unlinkIdentities(systemCtx(), { personId: person.id }));
    expect(again).toMatchObject({ result: { unlinked: 0 }, entries: [] });
  });

  it("lets a new account with the same address in, which was refused before", async () => {
    const person = await makeLinked();
    await expect(signIn(person.email, "new account")).rejects.toMatchObject({ code: "unauthenticated" });
    await unlinkIdentities(systemCtx(), { personId: person.id });
    const { sessionId } = await signIn(person.email, "new account");
    expect(await isOpen(sessionId)).toBe(true);
  });

  it("lets everybody unlink themself: the session that asks stays, and so does one opened by password", async () => {
    for (const consoleRole of ["owner", "admin", "auditor", "member"] as const) {
      const person = await makeLinked(consoleRole);
      const other = await signIn(person.email, person.subject);
      await db().session.update({ where: { id: other.sessionId }, data: { method: "password" } });
      const third = await signIn(person.email, person.subject);
      const { actor, ...rest } = personCtx({ ...person, consoleRole });
      const ctx = ctxOf({ ...actor, sessionId: person.sessionId } as Actor, rest);
      expect(await unlinkIdentities(ctx, { personId: person.id })).toEqual({ unlinked: 1, sessionsEnded: 1 });
      const open = await Promise.all([person, other, third].map(({ sessionId }) => isOpen(sessionId)));
      expect(open).toEqual([true, true, false]);
    }
  });

  it("refuses members and auditors anybody else's, and an admin an owner's or an admin's, each recorded", async () => {
    for (const [actor, about, code] of [
      ["member", "member", "person_not_found"],
      ["auditor", "member", "person_not_found"],
      ["admin", "admin", "forbidden"],
      ["admin", "owner", "forbidden"],
    ] as const) {
      const person = await makeLinked(about);
      const ctx = await makeCtx(actor);
      const { error, entries } = await observe(() => unlinkIdentities(ctx, { personId: person.id }));
      expect(error).toMatchObject({ code });
      expect(entries).toMatchObject([{ action: "person.unlink_identity", outcome: "denied", targetId: person.id }]);
      expect(await isOpen(person.sessionId)).toBe(true);
    }
  });

  it("lets an admin unlink members and auditors, and an owner everybody", async () => {
    for (const [actor, about] of [
      ["admin", "member"],
      ["admin", "auditor"],
      ["owner", "admin"],
      ["owner", "owner"],
    ] as const) {
      const person = await makeLinked(about);
      expect(await unlinkIdentities(await makeCtx(actor), { personId: person.id })).toMatchObject({ unlinked: 1 });
    }
  });

  it("asks who it is first, and answers person_not_found for nobody", async () => {
    const person = await makeLinked();
    const stale = await makeCtx("admin", { reauthenticatedAtSeconds: 0 });
    await expect(unlinkIdentities(stale, { personId: person.id })).rejects.toMatchObject({
      code: "reauthentication_required",
    });
    await expect(unlinkIdentities(systemCtx(), { personId: "per_none" })).rejects.toMatchObject({
      code: "person_not_found",
    });
  });

  it("comes before or after a first sign-in of the same moment, never between its halves", async () => {
    const person = await makeLinked();
    await Promise.all([
      unlinkIdentities(systemCtx(), { personId: person.id }),
      signIn(person.email, person.subject).catch(() => undefined),
    ]);
    const links = await db().personIdentity.count({ where: { personId: person.id } });
    const sessions = await db().session.count({ where: { personId: person.id, revokedAt: null } });
    expect(sessions).toBeLessThanOrEqual(links);
  });
});
