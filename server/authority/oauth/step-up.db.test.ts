import { decodeJwt } from "jose";
import { describe, expect, it } from "vitest";
import { readConsent } from "@/lib/oauth/consent";
import { STARTED_COOKIE } from "@/lib/oauth/interaction";
import { MULTI_FACTOR_CLASS, SINGLE_FACTOR_CLASS } from "@/lib/second-factor/classes";
import { entriesSince, lastIdx, observe, useTestDatabase } from "@/lib/testing/database";
import { makeHolder } from "@/lib/testing/make";
import { makeSecondFactor } from "@/lib/testing/make-second-factor";
import { Browser } from "./testing/browser";
import { makeClient } from "./testing/client";
import { answered, useCompany } from "./testing/company";
import { basicOf } from "./testing/connection";
import { useListener } from "./testing/listener";

useTestDatabase();
const { reach, issuer } = useListener();
const { company, ask, redeem, introspect, refreshing } = useCompany(reach, issuer);

describe("a client that wants more than a session (RFC 9470)", () => {
  it("has the person prove who they are, by max_age or prompt=login", async () => {
    const client = await makeClient();
    const long = new Browser(reach, company().person, { provedAgoSeconds: 4000 });
    await long.signIn();
    for (const wish of [{ max_age: "600" }, { prompt: "login" }]) {
      const uid = await long.open(ask(client, { scope: "openid tickets:read", ...wish }).url);
      await expect(long.allow(uid, ["tickets:read"])).rejects.toMatchObject({ code: "reauthentication_required" });
      long.provedAgoSeconds = 0;
      expect((await long.allow(uid, ["tickets:read"])).searchParams.get("code")).toBeTruthy();
      long.provedAgoSeconds = 4000;
    }
  });

  it("is told at once that none of the classes that it asks for is known here, instead of a token that would be refused again", async () => {
    const client = await makeClient();
    const before = await lastIdx();
    const answer = await company().browser.get(ask(client, { acr_values: "phr", scope: "openid tickets:read" }).url);
    expect(answered(answer)).toMatchObject({ error: "unmet_authentication_requirements", iss: issuer(), state: "s-1" });
    expect(await entriesSince(before)).toMatchObject([
      { action: "oauth.refuse", reason: "unmet_authentication_requirements" },
    ]);
  });

  it("is told so also where it pushes its request", async () => {
    const client = await makeClient({ authMethod: "client_secret_basic" });
    const { searchParams } = new URL(ask(client, { acr_values: "phr", scope: "openid tickets:read" }).url);
    const answer = await reach("/oauth/par", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", ...basicOf(client) },
      body: searchParams.toString(),
    });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: "unmet_authentication_requirements" });
  });

  it("finds the classes that there are in the metadata", async () => {
    const metadata = (await (await reach("/.well-known/oauth-authorization-server")).json()) as object;
    expect(metadata).toMatchObject({ acr_values_supported: [MULTI_FACTOR_CLASS, SINGLE_FACTOR_CLASS] });
  });
});

/** What a JWT says, checked elsewhere. */
const claimsOf = (jwt: string | undefined) => decodeJwt(jwt ?? "");

describe("a client that asks for a second factor (acr_values)", () => {
  const wish = { acr_values: `phr ${MULTI_FACTOR_CLASS}`, scope: "openid tickets:read" };

  it("gets nothing from a session with a password alone: not by consent, and with word of it where that is declined", async () => {
    const client = await makeClient();
    const browser = await new Browser(reach, company().person).signIn();
    const uid = await browser.open(ask(client, wish).url);
    const startedHere = browser.cookie(STARTED_COOKIE);
    expect(await readConsent(browser.ctx, { uid, startedHere })).toMatchObject({ needsSecondFactor: true });
    const { error, entries } = await observe(() => browser.allow(uid, ["tickets:read"]));
    expect(error).toMatchObject({ code: "second_factor_required" });
    expect(entries).toMatchObject([{ action: "grant.give", outcome: "denied", reason: "second_factor_required" }]);
    const back = await browser.refuse(uid);
    expect(back.searchParams.get("error")).toBe("unmet_authentication_requirements");
    expect(back.searchParams.get("code")).toBeNull();
  });

  it("goes on once the person has given one, and is told so by both tokens and by introspection, after a refresh too", async () => {
    const client = await makeClient();
    const browser = await new Browser(reach, company().person).signIn();
    const { url, verifier } = ask(client, wish);
    const uid = await browser.open(url);
    await browser.stepUp();
    expect(await readConsent(browser.ctx, { uid, startedHere: browser.cookie(STARTED_COOKIE) })).toMatchObject({
      needsSecondFactor: false,
    });
    const code = (await browser.allow(uid, ["tickets:read"])).searchParams.get("code") ?? "";
    const { body } = await redeem(client, code, verifier);
    const { id_token } = body as { id_token?: string };
    expect(claimsOf(id_token)).toMatchObject({ acr: MULTI_FACTOR_CLASS, amr: ["pwd", "otp", "mfa"] });
    const { auth_time } = claimsOf(id_token);
    expect(auth_time).toBeTypeOf("number");
    expect(claimsOf(body.access_token)).toMatchObject({ acr: MULTI_FACTOR_CLASS, auth_time });
    expect(await introspect(body.access_token ?? "")).toMatchObject({
      active: true,
      acr: MULTI_FACTOR_CLASS,
      auth_time,
    });
    const refreshed = await refreshing(client, body.refresh_token ?? "");
    expect(claimsOf(refreshed.body.access_token)).toMatchObject({ acr: MULTI_FACTOR_CLASS, auth_time });
  });

  it("is asked about again where what was remembered was given with less, and not where the session has more than that", async () => {
    const client = await makeClient({ redirectUris: ["https://app.example.com/callback"], applicationType: "web" });
    const browser = await new Browser(reach, company().person).signIn();
    const to = { redirect_uri: "https://app.example.com/callback" };
    const uid = await browser.open(ask(client, { ...to, scope: "openid tickets:read" }).url);
    await browser.allow(uid, ["tickets:read"], { remember: true });
    const again = await browser.get(ask(client, { ...to, scope: "openid tickets:read" }).url);
    expect(answered(again)).toHaveProperty("code");
    expect(await browser.open(ask(client, { ...to, ...wish }).url)).toBeTruthy();
    const silent = await browser.get(ask(client, { ...to, ...wish, prompt: "none" }).url);
    expect(answered(silent)).toMatchObject({ error: "unmet_authentication_requirements" });
    await browser.stepUp();
    const { url, verifier } = ask(client, { ...to, ...wish });
    const { code = "" } = answered(await browser.get(url));
    const { body } = await redeem(client, code, verifier, to);
    expect(claimsOf(body.access_token)).toMatchObject({ acr: MULTI_FACTOR_CLASS });
  });

  it("finds nobody signed in where the session owes a second factor, however much else is remembered", async () => {
    const client = await makeClient();
    const person = await makeHolder(company().role.id);
    const browser = await new Browser(reach, person).signIn();
    await browser.allow(await browser.open(ask(client).url), ["tickets:read"]);
    await makeSecondFactor(person.id);
    const silent = await browser.get(ask(client, { prompt: "none", scope: "openid tickets:read" }).url);
    expect(answered(silent)).toHaveProperty("error");
    expect(answered(silent)).not.toHaveProperty("code");
  });

  it("gets the class of a password where that would do, and none where nobody knows how the person signed in", async () => {
    const client = await makeClient();
    for (const [amr, acr] of [
      [["pwd"], SINGLE_FACTOR_CLASS],
      [[], undefined],
    ] as const) {
      const browser = await new Browser(reach, company().person, { amr: [...amr] }).signIn();
      const { url, verifier } = ask(client);
      const code = (await browser.allow(await browser.open(url), ["tickets:read"])).searchParams.get("code") ?? "";
      const { body } = await redeem(client, code, verifier);
      expect(claimsOf(body.access_token).acr).toBe(acr);
    }
  });
});
