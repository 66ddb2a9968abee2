import { describe, expect, it } from "vitest";
import { entriesSince, lastIdx, useTestDatabase } from "@/lib/testing/database";
import { Browser } from "./testing/browser";
import { makeClient } from "./testing/client";
import { answered, useCompany } from "./testing/company";
import { basicOf } from "./testing/connection";
import { useListener } from "./testing/listener";

useTestDatabase();
const { reach, issuer } = useListener();
const { company, ask } = useCompany(reach, issuer);

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

  it("is told at once that no class of sign-in (acr_values) is known here, instead of a token that would be refused again", async () => {
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
});
