import { beforeAll, describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { findArtifact, putArtifact } from "@/lib/oauth/artifacts";
import { readConsent } from "@/lib/oauth/consent";
import { STARTED_COOKIE } from "@/lib/oauth/interaction";
import { entriesSince, lastIdx, observe, useTestDatabase } from "@/lib/testing/database";
import { makeHolder } from "@/lib/testing/make";
import { Browser } from "./testing/browser";
import { askToken, makeClient } from "./testing/client";
import { makeCompany, type Company } from "./testing/company";
import { askValidate, basicOf, makeConnection } from "./testing/connection";
import { confirmCode, typeCode } from "./testing/device";
import { useListener } from "./testing/listener";

const DEVICE = "urn:ietf:params:oauth:grant-type:device_code";

useTestDatabase();
const { reach, issuer } = useListener();
type Client = Awaited<ReturnType<typeof makeClient>>;
let its: Company;
let television: Client;
beforeAll(async () => {
  its = await makeCompany(reach);
  television = await makeClient({ name: "Television", redirectUris: [], grantTypes: ["refresh_token", DEVICE] });
});

type Begun = {
  device_code: string;
  user_code: string;
  verification_uri: string;
  expires_in: number;
  interval: number;
  error?: string;
};

/** The device asks for a code. */
async function begin(more: Record<string, string> = {}, headers: Record<string, string> = {}): Promise<Begun> {
  const answer = await reach("/oauth/device_authorization", {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "user-agent": "Television <b>9</b>",
      ...headers,
    },
    body: new URLSearchParams({ client_id: television.clientId, resource: its.server.resource, scope: "tickets:read", ...more }).toString(), // prettier-ignore
  });
  return (await answer.json()) as Begun;
}
const poll = (device_code: string, client: { clientId: string } = television) =>
  askToken(reach, { grant_type: DEVICE, client_id: client.clientId, device_code });
/** Once more, after the pause that a device makes. */
const pollLater = async (device_code: string) => {
  await new Promise((resolve) => setTimeout(resolve, 4_050));
  return poll(device_code);
};
const somebody = async () => new Browser(reach, await makeHolder(its.role.id)).signIn();

describe("the device flow", () => {
  it("gives a device what its person left ticked, who typed its code, and shows them where it asked from", async () => {
    const begun = await begin({ scope: "tickets:read tickets:write" });
    expect(begun).toMatchObject({ verification_uri: `${issuer()}/device`, expires_in: 600, interval: 5 });
    expect(begun.user_code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
    expect(begun).not.toHaveProperty("verification_uri_complete");
    expect(await poll(begun.device_code)).toMatchObject({ status: 400, body: { error: "authorization_pending" } });
    const shown = await typeCode(its.browser, begun.user_code.toLowerCase().replace("-", " "));
    expect(shown.text).toContain("Television asks from a device");
    expect(shown.text).toContain("Television &lt;b&gt;9&lt;/b&gt;");
    expect(shown.text).toMatch(/127\.0\.0\.1|::1/);
    const uid = await confirmCode(its.browser, begun.user_code);
    const request = await readConsent(its.browser.ctx, { uid, startedHere: its.browser.cookie(STARTED_COOKIE) });
    expect(request).toMatchObject({
      client: { name: "Television" },
      device: { userAgent: "Television <b>9</b>", ip: expect.any(String) as string },
      redirect: { to: "" },
      mayRemember: false,
    });
    const before = await lastIdx();
    const done = await its.browser.allowHere(uid, ["tickets:read"], { remember: true });
    expect(await done.text()).toContain("Connected");
    const answer = await pollLater(begun.device_code);
    expect(answer).toMatchObject({ status: 200, body: { scope: "tickets:read", token_type: "Bearer" } });
    expect(answer.body.refresh_token).toMatch(/^gth_rt_/);
    expect((await entriesSince(before)).map(({ action }) => action)).toEqual(["grant.give", "oauth.issue"]);
    expect(await db().oauthGrant.count({ where: { agentId: television.agentId, remembered: true } })).toBe(0);
    const token = answer.body.access_token ?? "";
    expect(await askValidate(reach, its, { token, tool: "list_tickets" })).toMatchObject({ decision: "allow" });
    expect(await askValidate(reach, its, { token, tool: "close_ticket" })).toMatchObject({ decision: "deny" });
    // A code is for once; who brings it again ends what it gave.
    expect(await pollLater(begun.device_code)).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
    expect(await askValidate(reach, its, { token })).toMatchObject({ active: false, reason: "revoked" });
  }, 30_000);

  it("tells the device that its person refused, at the code and at the consent", async () => {
    const atCode = await begin();
    const browser = await somebody();
    const { xsrf } = await typeCode(browser, atCode.user_code);
    const { result, entries } = await observe(() =>
      browser.post("/device", { xsrf, user_code: atCode.user_code, abort: "yes" }),
    );
    expect(await result?.text()).toContain("Refused");
    expect(entries).toMatchObject([{ action: "oauth.refuse", reason: "access_denied", body: { actor: { kind: "person", id: browser.person.id } } }]); // prettier-ignore
    expect(await poll(atCode.device_code)).toMatchObject({ status: 400, body: { error: "access_denied" } });
    const atConsent = await begin();
    await browser.refuseHere(await confirmCode(browser, atConsent.user_code));
    expect(await poll(atConsent.device_code)).toMatchObject({ status: 400, body: { error: "access_denied" } });
  });

  it("tells a device that polls too quickly to slow down, and no other", async () => {
    const [one, two] = [await begin(), await begin()];
    expect((await poll(one.device_code)).body.error).toBe("authorization_pending");
    expect((await poll(one.device_code)).body.error).toBe("slow_down");
    expect((await poll(two.device_code)).body.error).toBe("authorization_pending");
    expect((await pollLater(one.device_code)).body.error).toBe("authorization_pending");
  }, 15_000);

  it("is for who is signed in, and for a form of our own", async () => {
    const { user_code } = await begin();
    const stranger = new Browser(reach, its.person);
    for (const answer of [await stranger.get("/device"), await stranger.post("/device", { user_code, xsrf: "x" })]) {
      expect(answer.status).toBe(302);
      expect(answer.headers.get("location")).toBe("/sign-in?returnTo=%2Fdevice");
    }
    const browser = await somebody();
    await browser.get("/device");
    for (const form of [
      { user_code, confirm: "yes" },
      { user_code, xsrf: "wrong", confirm: "yes" },
    ]) {
      const answer = await browser.post("/device", form as Record<string, string>);
      expect(answer.status).toBe(400);
      expect(answer.headers.get("location")).toBeNull();
    }
  });

  it("takes no code from an address: it is typed, or it counts for nothing", async () => {
    const { user_code } = await begin();
    const answer = await its.browser.get(`/device?user_code=${user_code}`);
    const page = await answer.text();
    expect(page).not.toContain(user_code);
    expect(page).not.toContain("Television");
    expect(answer.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  });

  it("asks also who said once not to be asked again", async () => {
    const client = await makeClient({ redirectUris: ["https://app.example/cb"], grantTypes: ["authorization_code", "refresh_token", DEVICE] }); // prettier-ignore
    await db().oauthGrant.create({
      data: {
        id: "gnt_0123456789abcdefghjkmnpqrs",
        personId: its.person.id,
        agentId: client.agentId,
        serverId: its.server.id,
        remembered: true,
        expiresAt: new Date(Date.now() + 3_600_000),
        scopes: { create: (await db().scope.findMany({ where: { serverId: its.server.id } })).map(({ id }) => ({ scopeId: id })) }, // prettier-ignore
      },
    });
    const { user_code } = await begin({ client_id: client.clientId });
    expect(await confirmCode(its.browser, user_code)).toMatch(/./);
  });

  it("lets nobody guess: twenty codes in ten minutes, each wrong one with an entry, and others are not kept out", async () => {
    const guesser = await somebody();
    const { result, entries } = await observe(async () => {
      const pages = [];
      for (let nth = 0; nth < 21; nth++) pages.push(await typeCode(guesser, "BCDF-GHJK"));
      return pages;
    });
    expect(result?.map(({ status }) => status)).toEqual([...Array.from({ length: 20 }, () => 200), 429]);
    expect(result?.[0]?.text).toContain("There is no such code");
    expect(entries.filter(({ reason }) => reason === "unknown_code")).toHaveLength(20);
    expect(entries[0]?.body).toMatchObject({ actor: { kind: "person", id: guesser.person.id } });
    expect(JSON.stringify(entries.map(({ body }) => body))).not.toContain("BCDF");
    expect((await typeCode(guesser, (await begin()).user_code)).status).toBe(429);
    expect((await typeCode(await somebody(), (await begin()).user_code)).text).toContain("Television");
  });

  it("gives nothing to another client than the one that asked, nor for a code that nobody gave out", async () => {
    const { device_code } = await begin();
    const other = await makeClient({ redirectUris: [], grantTypes: ["refresh_token", DEVICE] });
    expect(await poll(device_code, other)).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
    for (const code of ["x", "", "x".repeat(5000), "x\0"]) expect((await poll(code)).status).toBe(400);
    expect((await poll(device_code)).body.error).toBe("authorization_pending");
  });

  it("is for clients that an admin lets: neither for others, nor for those that introduce themselves", async () => {
    const { client } = await makeConnection(issuer(), its);
    expect(await begin({ client_id: client.clientId })).toMatchObject({ error: expect.any(String) as string });
    expect(await begin({ client_id: "nobody" })).toMatchObject({ error: "invalid_client" });
    const secret = await makeClient({ authMethod: "client_secret_basic", redirectUris: [], grantTypes: ["refresh_token", DEVICE] }); // prettier-ignore
    expect(await begin({ client_id: secret.clientId }, basicOf({ ...secret, secret: "wrong" }))).toMatchObject({ error: "invalid_client" }); // prettier-ignore
    const registered = await reach("/oauth/register", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ client_name: "Claude", grant_types: [DEVICE], token_endpoint_auth_method: "none" }),
    });
    expect(registered.status).toBe(400);
  });

  it("asks only once where two people type the same code", async () => {
    const { user_code } = await begin();
    await confirmCode(its.browser, user_code);
    const { text } = await typeCode(await somebody(), user_code);
    expect(text).toContain("used already");
  });

  it("knows no code that has expired, and tells the device so", async () => {
    const { device_code, user_code } = await begin();
    const payload = await findArtifact("DeviceCode", device_code);
    const past = { ...payload, exp: Math.floor(Date.now() / 1000) - 60 };
    await putArtifact("DeviceCode", device_code, past, new Date(Date.now() + 60_000), { userCode: String(payload?.userCode) }); // prettier-ignore
    expect((await typeCode(await somebody(), user_code)).text).toContain("has expired");
    expect(await poll(device_code)).toMatchObject({ status: 400, body: { error: "expired_token" } });
  });
});
