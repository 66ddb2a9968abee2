import { describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { readConsent } from "@/lib/oauth/consent";
import { STARTED_COOKIE } from "@/lib/oauth/interaction";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makeClient } from "./testing/client";
import { answered, useCompany } from "./testing/company";
import { useListener } from "./testing/listener";

useTestDatabase();
const { reach, issuer } = useListener();
const { company, ask } = useCompany(reach, issuer);

const details = (...tools: string[]) => JSON.stringify([{ type: "mcp_tools", tools }]);

describe("tools that a client names for itself (RFC 9396)", () => {
  it.each([
    ["that the server does not have", "delete_everything"],
    ["that turns the reading direction", "list_tickets\u202Esteksit"],
    ["with a line break", "list_tickets\n(reads only)"],
    ["with NUL", "list_tickets\0"],
    ["with half a character", "list_tickets\ud800"],
    ["that differs in a space alone", "list_tickets "],
  ])("are refused, with an entry and before anybody is asked, where one is %s", async (_what, name) => {
    const client = await makeClient();
    const { url } = ask(client, { authorization_details: details("list_tickets", name) });
    const { result, entries } = await observe(() => company().browser.get(url));
    expect(result && answered(result)).toMatchObject({ error: "invalid_authorization_details" });
    expect(entries).toMatchObject([{ action: "oauth.refuse", reason: "invalid_authorization_details" }]);
  });

  it("stand on the page as the server lists them, and no longer once it has them no more", async () => {
    const client = await makeClient();
    const { browser, server } = company();
    const uid = await browser.open(ask(client, { authorization_details: details("list_tickets", "close_ticket") }).url);
    const page = () => readConsent(browser.ctx, { uid, startedHere: browser.cookie(STARTED_COOKIE) });
    expect((await page()).tools).toEqual(["close_ticket", "list_tickets"]);
    await db().tool.deleteMany({ where: { serverId: server.id, name: "close_ticket" } });
    expect((await page()).tools).toEqual(["list_tickets"]);
  });
});

describe("the answer to a consent page", () => {
  it("counts a scope that is named twice once", async () => {
    const client = await makeClient();
    const { browser } = company();
    const { result, entries } = await observe(async () =>
      browser.allow(await browser.open(ask(client).url), ["tickets:read", "tickets:read"]),
    );
    expect(result?.searchParams.get("code")).toBeTruthy();
    expect(entries[0]).toMatchObject({ action: "grant.give", body: { requiredScopes: ["tickets:read"] } });
  });

  it("is remembered for the place that the person was shown, and no other of the same client", async () => {
    const redirectUris = ["https://app.example/cb", "https://app.example/else", "https://other.example/cb"];
    const client = await makeClient({ redirectUris, applicationType: "web" });
    const { browser } = company();
    const to = (redirect_uri = "") => ask(client, { redirect_uri }).url;
    await browser.allow(await browser.open(to(redirectUris[0])), ["tickets:read"], { remember: true });
    for (const same of redirectUris.slice(0, 2)) expect(answered(await browser.get(to(same))).code).toBeTruthy();
    expect((await browser.get(to(redirectUris[2]))).headers.get("location")).toMatch(/^\/connect\//);
  });
});
