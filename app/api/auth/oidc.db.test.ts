import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { startOidcProvider, type RunningProvider } from "@/e2e/fixtures/oidc-provider";
import { decodeSessionId } from "@/lib/session/jwt";
import { actorOfSession } from "@/lib/session/lookup";
import { entriesSince, lastIdx, useTestDatabase } from "@/lib/testing/database";
import { makePerson } from "@/lib/testing/make";
import { makeSecondFactor } from "@/lib/testing/make-second-factor";
import { freePort, serveRoutes } from "@/lib/testing/next-route";
import { makeVisitor, type Visitor } from "@/lib/testing/visitor";

useTestDatabase();

const port = await freePort();
const home = `http://localhost:${port}`;
let provider: RunningProvider;
let gatehouse: { close: () => Promise<void> };

beforeAll(async () => {
  provider = await startOidcProvider({ redirectUri: `${home}/api/auth/callback/oidc`, accounts: {} });
  Object.assign(process.env, {
    GATEHOUSE_URL: home,
    GATEHOUSE_OIDC_ISSUER: provider.issuer,
    GATEHOUSE_OIDC_CLIENT_ID: provider.clientId,
    GATEHOUSE_OIDC_CLIENT_SECRET: provider.clientSecret,
  });
  const route = await import("./[...nextauth]/route");
  gatehouse = await serveRoutes(port, (path) =>
    path.startsWith("/api/auth/") ? { route, params: { nextauth: path.split("/").slice(3) } } : null,
  );
});
afterAll(async () => {
  await gatehouse.close();
  await provider.close();
});

let subject = "";
let n = 0;
beforeEach(() => {
  subject = `subject-${++n}`;
  delete provider.lies.metadata;
  delete provider.lies.idToken;
});

const refusedAnswer = {
  sessionId: null,
  entries: [{ action: "session.sign_in", outcome: "denied", reason: "provider_answer_refused" }],
};

/** A person, and their account at the provider. */
async function known(status: "active" | "invited" | "suspended" = "active") {
  const person = await makePerson({ status });
  provider.accounts.set(subject, { email: person.email, email_verified: true, name: person.name });
  return person;
}

/** Asks Gatehouse to begin; the address at the provider that it sends the browser to. */
async function begin(visitor: Visitor, query = ""): Promise<URL> {
  const { csrfToken } = (await (await visitor.request(`${home}/api/auth/csrf`)).json()) as { csrfToken: string };
  const response = await visitor.request(`${home}/api/auth/signin/oidc${query}`, {
    method: "POST",
    body: new URLSearchParams({ csrfToken, callbackUrl: "/tokens", json: "true" }),
  });
  return new URL(((await response.json()) as { url: string }).url);
}

/** Goes through the provider as a browser does; the address with which it comes back to Gatehouse. */
async function throughProvider(visitor: Visitor, address: URL, as = subject): Promise<URL> {
  const back = (url: URL) => url.origin === home;
  const form = await visitor.follow(address.href, undefined, back);
  if (form.response === null) return form.url; // still signed in there
  const { url } = await visitor.follow(
    form.url.href,
    { method: "POST", body: new URLSearchParams({ account: as }) },
    back,
  );
  return url;
}

/** The whole journey; where it ends, and the session it opened. */
async function signIn(visitor: Visitor, query = "", as = subject) {
  return finish(visitor, await throughProvider(visitor, await begin(visitor, query), as));
}

async function finish(visitor: Visitor, back: URL) {
  const before = await lastIdx();
  const response = await visitor.request(back.href);
  const sessionId = await decodeSessionId(visitor.cookies("localhost").get("gatehouse-session"));
  return {
    location: response.headers.get("location"),
    sessionId,
    actor: sessionId === null ? null : await actorOfSession(sessionId, Date.now() / 1000),
    entries: await entriesSince(before),
  };
}

describe("single sign-on with a real provider", () => {
  it("signs a known person in, returns to where they were, and records it", async () => {
    const person = await known();
    const { location, actor, entries } = await signIn(makeVisitor());
    expect(location).toBe(`${home}/tokens`);
    expect(actor).toMatchObject({ personId: person.id });
    expect(entries).toMatchObject([{ action: "session.sign_in", outcome: "success" }]);
    expect(entries[0]?.body).toMatchObject({ details: { method: "sso", issuer: provider.issuer } });
  });

  it.each([
    ["nonce", (address: URL) => address.searchParams.set("nonce", "n".repeat(43)), () => undefined],
    ["state", () => undefined, (back: URL) => back.searchParams.set("state", "s".repeat(43))],
    ["code", () => undefined, (back: URL) => back.searchParams.set("code", "c".repeat(43))],
    ["issuer", () => undefined, (back: URL) => back.searchParams.set("iss", "http://evil.example")],
  ])(
    "(ASVS 10.2.1, 10.2.2, 10.5.1) refuses an answer with another %s, and records it",
    async (_name, changeQuestion, changeAnswer) => {
      await known();
      const visitor = makeVisitor();
      const address = await begin(visitor);
      changeQuestion(address);
      const back = await throughProvider(visitor, address);
      changeAnswer(back);
      const { location, sessionId, entries } = await finish(visitor, back);
      expect(sessionId).toBeNull();
      expect(location).toBe("/sign-in?error=OAuthCallback&returnTo=%2Ftokens");
      expect(entries).toMatchObject([
        { action: "session.sign_in", outcome: "denied", reason: "provider_answer_refused" },
      ]);
    },
  );

  it("(ASVS 10.2.1) refuses an answer that another browser asked for (login CSRF), and one that is given twice", async () => {
    await known();
    const attacker = makeVisitor();
    const back = await throughProvider(attacker, await begin(attacker));
    expect((await finish(makeVisitor(), back)).sessionId).toBeNull();
    expect((await finish(attacker, back)).sessionId).not.toBeNull();
    const copy = makeVisitor();
    expect((await finish(copy, back)).sessionId).toBeNull();
  });

  it.each([
    ["an address that the provider has not verified", { email_verified: false }, "email_not_verified"],
    ["somebody who was never invited", { email: "stranger@example.com" }, "not_invited"],
  ])("refuses %s, and records it", async (_name, more, reason) => {
    const person = await known();
    provider.accounts.set(subject, { email: person.email, email_verified: true, ...more });
    const { location, sessionId, entries } = await signIn(makeVisitor());
    expect(sessionId).toBeNull();
    expect(location).toBe("/sign-in?error=sso_refused&returnTo=%2Ftokens");
    expect(entries).toMatchObject([{ action: "session.sign_in", outcome: "denied", reason }]);
    expect(await db().personIdentity.count({ where: { personId: person.id } })).toBe(0);
  });

  it("takes an ID token that the provider signed again, unchanged: so what follows is refused for what it says", async () => {
    const person = await known();
    provider.lies.idToken = (claims) => claims;
    expect((await signIn(makeVisitor())).actor).toMatchObject({ personId: person.id });
  });

  it("(ASVS 10.5.1) refuses an ID token of an earlier sign-in, and records it", async () => {
    await known();
    let earlier: object = {};
    provider.lies.idToken = (claims) => (earlier = claims);
    expect((await signIn(makeVisitor())).sessionId).not.toBeNull();
    provider.lies.idToken = ({ at_hash }) => ({ ...earlier, at_hash });
    expect(await signIn(makeVisitor())).toMatchObject(refusedAnswer);
  });

  it.each([
    ["another client", { aud: "another-client" }],
    ["several, and does not say for which", { aud: ["gatehouse", "another-client"] }],
    ["several, and was made for another", { aud: ["gatehouse", "another-client"], azp: "another-client" }],
    ["nobody", { aud: undefined }],
  ])("(ASVS 10.5.4) refuses an ID token for %s, and records it", async (_what, lie) => {
    await known();
    provider.lies.idToken = (claims) => ({ ...claims, ...lie });
    expect(await signIn(makeVisitor())).toMatchObject(refusedAnswer);
  });

  it("(ASVS 10.5.3) refuses metadata that name another issuer: who serves them signs in nobody, and gets no secret", async () => {
    const person = await known();
    const { clientSecret } = provider;
    const redirectUri = `${home}/api/auth/callback/oidc`;
    const account = { email: person.email, email_verified: true };
    const evil = await startOidcProvider({ redirectUri, clientSecret, accounts: { [subject]: account } });
    try {
      const theirs = await (await fetch(`${evil.issuer}/.well-known/openid-configuration`)).json();
      provider.lies.metadata = () => theirs as Record<string, unknown>;
      let asked = 0;
      evil.lies.idToken = (claims) => {
        asked++;
        return claims;
      };
      const visitor = makeVisitor();
      const address = await begin(visitor);
      expect(address.origin).toBe(evil.issuer);
      expect(await finish(visitor, await throughProvider(visitor, address))).toMatchObject(refusedAnswer);
      expect(asked).toBe(0);
      expect(await db().personIdentity.count({ where: { personId: person.id } })).toBe(0);
    } finally {
      await evil.close();
    }
  });

  it("takes no place elsewhere from the cookie for the way back", async () => {
    await known("suspended");
    const visitor = makeVisitor();
    const back = await throughProvider(visitor, await begin(visitor));
    visitor.cookies("localhost").set("next-auth.callback-url", encodeURIComponent("//evil.example/x"));
    expect((await finish(visitor, back)).location).toBe("/sign-in?error=sso_refused");
  });

  it("refuses a suspended person, and records it", async () => {
    await known("suspended");
    const { sessionId, entries } = await signIn(makeVisitor());
    expect(sessionId).toBeNull();
    expect(entries).toMatchObject([{ action: "session.sign_in", outcome: "denied", reason: "suspended" }]);
  });

  it("(ASVS 10.5.2) knows a person by issuer and subject from then on, whatever their address becomes", async () => {
    const person = await known("invited");
    const first = await signIn(makeVisitor());
    expect(first.entries.map(({ action }) => action)).toEqual(["person.accept_invitation", "session.sign_in"]);
    const other = await makePerson();
    provider.accounts.set(subject, { email: other.email, email_verified: true });
    expect((await signIn(makeVisitor())).actor).toMatchObject({ personId: person.id });
  });

  it("(ASVS 10.5.2) does not let a second subject with the same address take the account over", async () => {
    const person = await known();
    await signIn(makeVisitor());
    provider.accounts.set("thief", { email: person.email, email_verified: true });
    const { sessionId, entries } = await signIn(makeVisitor(), "", "thief");
    expect(sessionId).toBeNull();
    expect(entries).toMatchObject([{ outcome: "denied", reason: "linked_to_another" }]);
  });

  it("takes the provider's word for how they proved it: with mfa the session counts as multi-factor, without it no more than a password", async () => {
    const person = await known();
    await makeSecondFactor(person.id);
    expect((await signIn(makeVisitor())).actor).toMatchObject({ amr: [], owes: "code" });
    const account = { email: person.email, email_verified: true };
    provider.accounts.set(subject, { ...account, amr: ["pwd"] });
    expect((await signIn(makeVisitor())).actor).toMatchObject({ amr: ["pwd"], owes: "code" });
    provider.accounts.set(subject, { ...account, amr: ["pwd", "hwk", "mfa"] });
    expect((await signIn(makeVisitor())).actor).toMatchObject({ amr: ["pwd", "hwk", "mfa"], owes: null });
  });

  it("proves again who is there: the provider shows its form, dates the proof, and the old session ends", async () => {
    await known();
    const visitor = makeVisitor();
    const first = await signIn(visitor);
    expect(first.actor?.reauthenticatedAtSeconds).toBe(0);
    const shown = provider.formsShown();
    const again = await signIn(visitor, "?prompt=login&max_age=0");
    expect(provider.formsShown()).toBe(shown + 1);
    expect(again.actor?.reauthenticatedAtSeconds).toBeGreaterThan(Date.now() / 1000 - 60);
    expect(again.sessionId).not.toBe(first.sessionId);
    expect(await actorOfSession(first.sessionId ?? "", Date.now() / 1000)).toBeNull();
  });

  it("takes nothing of what a proof must be from the browser: without the form it is not recent", async () => {
    await known();
    const visitor = makeVisitor();
    await signIn(visitor);
    const address = await begin(visitor, "?prompt=login&max_age=0");
    address.searchParams.delete("prompt");
    address.searchParams.delete("max_age");
    const { actor } = await finish(visitor, await throughProvider(visitor, address));
    expect(actor?.reauthenticatedAtSeconds).toBe(0);
  });

  it("passes nothing else on to the provider from the address of its own route", async () => {
    const address = await begin(makeVisitor(), "?redirect_uri=http://evil.example&scope=all&prompt=none&max_age=9");
    expect(address.searchParams.get("redirect_uri")).toBe(`${home}/api/auth/callback/oidc`);
    expect(address.searchParams.get("scope")).toBe("openid email profile");
    expect(address.searchParams.has("prompt")).toBe(false);
    expect(address.searchParams.has("max_age")).toBe(false);
  });
});
