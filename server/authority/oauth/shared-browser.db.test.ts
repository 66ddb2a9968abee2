import { decodeJwt } from "jose";
import { expect, it } from "vitest";
import { db } from "@/lib/db";
import { useTestDatabase } from "@/lib/testing/database";
import { makeHolder } from "@/lib/testing/make";
import { Browser } from "./testing/browser";
import { CALLBACK, makeClient } from "./testing/client";
import { useCompany } from "./testing/company";
import { useListener } from "./testing/listener";

useTestDatabase();
const { reach, issuer } = useListener();
const { company, ask, redeem } = useCompany(reach, issuer);

/** Another person, who signs in to the console in the same browser. */
async function takeOver(browser: Browser): Promise<Browser> {
  const next = await new Browser(reach, await makeHolder(company().role.id)).signIn();
  return browser.handTo(next);
}

it("gives a code for the person who is signed in now, though another one used this browser before", async () => {
  const client = await makeClient();
  const first = company().browser;
  await first.allow(await first.open(ask(client).url), ["tickets:read"]);
  const second = await takeOver(first);
  const { url, verifier } = ask(client);
  const back = await second.allow(await second.open(url), ["tickets:read"]);
  const { body } = await redeem(client, back.searchParams.get("code") ?? "", verifier);
  expect(decodeJwt(body.access_token ?? "").sub).toBe(second.person.id);
});

it("gives the next person nothing that the last one asked to be remembered", async () => {
  const redirectUri = "https://app.example/cb";
  const client = await makeClient({ redirectUris: [redirectUri], applicationType: "web" });
  const first = await new Browser(reach, company().person).signIn();
  const asked = () => ask(client, { redirect_uri: redirectUri }).url;
  await first.allow(await first.open(asked()), ["tickets:read"], { remember: true });
  const silent = await first.get(asked());
  expect(silent.headers.get("location")).toContain("code=");
  const second = await takeOver(first);
  expect((await second.get(asked())).headers.get("location")).toMatch(/^\/connect\//);
});

it("asks anew who is there once the console session has ended, remembered or not", async () => {
  const redirectUri = "https://app.example/cb";
  const client = await makeClient({ redirectUris: [redirectUri], applicationType: "web" });
  const browser = await new Browser(reach, company().person).signIn();
  const asked = () => ask(client, { redirect_uri: redirectUri }).url;
  await browser.allow(await browser.open(asked()), ["tickets:read"], { remember: true });
  await db().session.updateMany({ where: { personId: company().person.id }, data: { revokedAt: new Date() } });
  expect((await browser.get(asked())).headers.get("location")).toMatch(/^\/connect\//);
});

it("asks each time where the answer goes to a program on the machine: any may listen there", async () => {
  const client = await makeClient();
  const browser = await new Browser(reach, company().person).signIn();
  await browser.allow(await browser.open(ask(client).url), ["tickets:read"], { remember: true });
  expect((await browser.get(ask(client, { redirect_uri: CALLBACK }).url)).headers.get("location")).toMatch(
    /^\/connect\//,
  );
});
