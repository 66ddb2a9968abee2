import { describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { anonymousCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makePerson } from "@/lib/testing/make";
import { actorOfSession } from "./lookup";
import { signInWithIdentity, type Identity } from "./sign-in-sso";

useTestDatabase();

const now = () => Date.now() / 1000;
const identity = (more: Partial<Identity>): Identity => ({
  issuer: "https://idp.example.com",
  subject: `sub-${Math.random()}`,
  email: null,
  emailVerified: true,
  authTimeSeconds: null,
  amr: [],
  ...more,
});
const signIn = (more: Partial<Identity>) => signInWithIdentity(anonymousCtx(), { identity: identity(more) });

describe("signInWithIdentity", () => {
  it("links an invited person by verified e-mail once, then knows them by issuer and subject alone", async () => {
    const person = await makePerson({ status: "invited" });
    const { entries } = await observe(() => signIn({ email: person.email.toUpperCase(), subject: "s1" }));
    expect(entries.map(({ action }) => action)).toEqual(["person.accept_invitation", "session.sign_in"]);
    const again = await signIn({ email: "changed@example.com", subject: "s1" });
    expect(await actorOfSession(again.sessionId, now())).toMatchObject({ personId: person.id });
  });

  it.each([
    ["an unknown address", { email: "stranger@example.com" }, "not_invited"],
    ["an address that is not verified", { emailVerified: false }, "email_not_verified"],
  ])("refuses %s, records it, and makes neither person nor link", async (_name, more, reason) => {
    const person = await makePerson();
    const people = await db().person.count();
    const { error, entries } = await observe(() => signIn({ email: person.email, ...more }));
    expect(error).toMatchObject({ code: "unauthenticated" });
    expect(entries).toMatchObject([{ action: "session.sign_in", outcome: "denied", reason }]);
    expect(await db().person.count()).toBe(people);
    expect(await db().personIdentity.count({ where: { personId: person.id } })).toBe(0);
  });

  it("lets one of two subjects with the same address in, also at the same moment", async () => {
    const person = await makePerson();
    const settled = await Promise.allSettled(
      ["one", "two"].map((subject) => signIn({ email: person.email, subject: `${subject}-${person.id}` })),
    );
    expect(settled.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await db().personIdentity.count({ where: { personId: person.id } })).toBe(1);
  });

  it("lets two first sign-ins of one subject in at the same moment, with one link", async () => {
    const person = await makePerson();
    const subject = `both-${person.id}`;
    await Promise.all([1, 2].map(() => signIn({ email: person.email, subject })));
    expect(await db().personIdentity.count({ where: { personId: person.id } })).toBe(1);
  });

  it("links the same person at another provider too", async () => {
    const person = await makePerson();
    await signIn({ email: person.email });
    const { sessionId } = await signIn({ email: person.email, issuer: "https://second.example.com" });
    expect(await actorOfSession(sessionId, now())).toMatchObject({ personId: person.id });
  });

  it("refuses a suspended person, linked or not", async () => {
    const person = await makePerson({ status: "suspended" });
    const { error, entries } = await observe(() => signIn({ email: person.email }));
    expect(error).toMatchObject({ code: "unauthenticated" });
    expect(entries).toMatchObject([{ outcome: "denied", reason: "suspended" }]);
  });

  it("counts as a recent proof only what the provider dates, and never the future", async () => {
    const person = await makePerson();
    const proved = async (authTimeSeconds: number | null) => {
      const { sessionId } = await signIn({ email: person.email, subject: `dated-${person.id}`, authTimeSeconds });
      return (await actorOfSession(sessionId, now()))?.reauthenticatedAtSeconds;
    };
    expect(await proved(null)).toBe(0);
    expect(await proved(1_700_000_000)).toBe(1_700_000_000);
    expect(await proved(now() + 9000)).toBeLessThanOrEqual(now());
  });
});
