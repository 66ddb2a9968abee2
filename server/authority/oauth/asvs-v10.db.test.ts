import { decodeJwt, decodeProtectedHeader } from "jose";
import { describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { readConsent } from "@/lib/oauth/consent";
import { getGrant, listGrants } from "@/lib/oauth/grants";
import { STARTED_COOKIE } from "@/lib/oauth/interaction";
import { narrowGrant } from "@/lib/oauth/narrow-grant";
import { revokeGrant } from "@/lib/oauth/revoke-grant";
import { entriesSince, lastIdx, useTestDatabase } from "@/lib/testing/database";
import { makeHolder, makePerson, makeRole } from "@/lib/testing/make";
import { personCtx } from "@/lib/testing/ctx";
import { Browser } from "./testing/browser";
import { askToken, CALLBACK, connect, makeClient } from "./testing/client";
import { answered, makeCompany, useCompany } from "./testing/company";
import { useListener } from "./testing/listener";

// OWASP ASVS 5.0.0, chapter V10, levels 1 and 2: what concerns an authorization server, a resource server and an OpenID provider.
// V10.2 and V10.5 are a client's own: Gatehouse as one is in app/api/auth/oidc.db.test.ts; what a server owes a client for them is in V10.1.2 here.
useTestDatabase();
const { reach, issuer } = useListener();
const { company, ask, allowed, redeem, connected, refreshing, validate, introspect } = useCompany(reach, issuer);

const post = async (path: string, form: Record<string, string>, headers: Record<string, string> = {}) => {
  const answer = await reach(path, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    body: new URLSearchParams(form).toString(),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

describe("V10.1 generic", () => {
  it("10.1.1 (L2) tells tokens to the client alone: no address, page, cookie or log entry holds one", async () => {
    const client = await makeClient();
    const before = await lastIdx();
    const { back, code, verifier } = await allowed(client);
    const { body } = await redeem(client, code, verifier);
    expect(back.href).not.toContain(body.access_token);
    const log = JSON.stringify((await entriesSince(before)).map((entry) => entry.body));
    for (const secret of [body.access_token, body.refresh_token, code, verifier]) expect(log).not.toContain(secret);
  });

  it("10.1.2 (L2) gives a client what it needs to know its own answers by: state, nonce, iss, and a code of its verifier alone", async () => {
    const client = await makeClient();
    const { back, code, verifier } = await allowed(client, { scope: "openid tickets:read", state: "s", nonce: "n" });
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ state: "s", iss: issuer() });
    const { body } = await redeem(client, code, verifier);
    expect(decodeJwt(String((body as { id_token?: string }).id_token))).toMatchObject({
      nonce: "n",
      iss: issuer(),
      aud: client.clientId,
      sub: company().person.id,
    });
  });
});

describe("V10.3 resource server", () => {
  it("10.3.1 (L2) lets a token count at the server alone that it is for", async () => {
    const other = await makeCompany(reach);
    const token = (await connected(await makeClient())).body.access_token ?? "";
    expect(decodeJwt(token).aud).toBe(company().server.resource);
    expect(await validate(token)).toMatchObject({ active: true });
    expect(await validate(token, undefined, other.key.secret)).toMatchObject({ active: false });
    expect(await introspect(token, other.key.secret)).toEqual({ active: false });
  });

  it("10.3.2 (L2) decides by sub, scope and authorization_details together", async () => {
    const client = await makeClient();
    const both = { scope: "tickets:read tickets:write" };
    const details = JSON.stringify([{ type: "mcp_tools", tools: ["list_tickets"] }]);
    const { url, verifier } = ask(client, { ...both, authorization_details: details });
    const { browser, person, role } = company();
    const back = await browser.allow(await browser.open(url), ["tickets:read", "tickets:write"]);
    const token = (await redeem(client, back.searchParams.get("code") ?? "", verifier)).body.access_token ?? "";
    expect(await validate(token, "list_tickets")).toMatchObject({ decision: "allow" });
    expect(await validate(token, "close_ticket")).toMatchObject({ decision: "deny", reason: "insufficient_scope" });
    await db().personRole.deleteMany({ where: { personId: person.id } });
    expect(await validate(token, "list_tickets")).toMatchObject({ decision: "deny", reason: "role_missing" });
    await db().personRole.create({ data: { personId: person.id, roleId: role.id, assignedBy: "test" } });
  });

  it("10.3.3 (L2) names a person by what is never given to another: an id, not an address or a name", async () => {
    const token = (await connected(await makeClient())).body.access_token ?? "";
    const before = await introspect(token);
    await db().person.update({ where: { id: company().person.id }, data: { email: "renamed@example.com" } });
    expect((await introspect(token)).sub).toBe(before.sub);
    expect(before).toMatchObject({ iss: issuer(), sub: company().person.id });
  });

  it("10.3.4 (L2) asks for a fresh proof of who the person is where the request says max_age, or prompt=login", async () => {
    const client = await makeClient({ redirectUris: ["https://app.example/cb"], applicationType: "web" });
    const { browser } = company();
    const redirect_uri = "https://app.example/cb";
    await browser.allow(await browser.open(ask(client, { redirect_uri }).url), ["tickets:read"], { remember: true });
    expect((await browser.get(ask(client, { redirect_uri }).url)).headers.get("location")).toContain("code=");
    for (const fresh of [{ max_age: "0", scope: "openid tickets:read" }, { prompt: "login" }])
      expect((await browser.get(ask(client, { redirect_uri, ...fresh }).url)).headers.get("location")).toMatch(
        /^\/connect\//,
      );
  });
});

describe("V10.4 authorization server", () => {
  it("10.4.1 (L1) compares redirects with those of this very client, letter for letter (loopback: but for the port)", async () => {
    const mine = await makeClient({ redirectUris: ["https://mine.example/cb"], applicationType: "web" });
    const theirs = "https://theirs.example/cb";
    await makeClient({ redirectUris: [theirs], applicationType: "web" });
    for (const redirect_uri of [
      theirs,
      "https://mine.example/cb/",
      "https://mine.example:443/cb",
      "https://MINE.example/cb",
      "https://mine.example/cb?a",
    ]) {
      const answer = await company().browser.get(ask(mine, { redirect_uri }).url);
      expect([answer.status, answer.headers.get("location")]).toEqual([400, null]);
    }
  });

  it("10.4.2 (L1) takes a code once; a second time ends every token that came of it", async () => {
    const client = await makeClient();
    const { code, verifier } = await allowed(client);
    const { body } = await redeem(client, code, verifier);
    const next = await refreshing(client, body.refresh_token ?? "");
    expect(await redeem(client, code, verifier)).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
    expect(await validate(body.access_token ?? "")).toMatchObject({ active: false, reason: "revoked" });
    expect(await validate(next.body.access_token ?? "")).toMatchObject({ active: false, reason: "revoked" });
    expect((await refreshing(client, next.body.refresh_token ?? "")).status).toBe(400);
  });

  it("10.4.3 (L1) lets a code live a minute", async () => {
    await allowed(await makeClient());
    const code = await db().oauthArtifact.findFirstOrThrow({
      where: { kind: "AuthorizationCode" },
      orderBy: { createdAt: "desc" },
    });
    expect(code.expiresAt.getTime() - code.createdAt.getTime()).toBeLessThanOrEqual(62_000);
  });

  it("10.4.4 (L1) lets a client use the grants alone that it is registered for; implicit and password are nobody's", async () => {
    const interactive = await makeClient({ authMethod: "client_secret_post" });
    const machine = await makeClient({ kind: "machine", authMethod: "client_secret_post" });
    const as = (client: typeof machine) => ({ client_id: client.clientId, client_secret: client.secret ?? "" });
    const none = {
      status: 400,
      body: { error: expect.stringMatching(/^(invalid_request|unauthorized_client)$/) as unknown },
    };
    expect(await askToken(reach, { grant_type: "client_credentials", ...as(interactive) })).toMatchObject(none);
    const others: Record<string, string>[] = [
      { grant_type: "authorization_code", code: "x", code_verifier: "x".repeat(43), redirect_uri: CALLBACK },
      { grant_type: "refresh_token", refresh_token: "x" },
    ];
    for (const form of others) expect(await askToken(reach, { ...form, ...as(machine) })).toMatchObject(none);
    for (const grant_type of ["password", "implicit"])
      expect(await askToken(reach, { grant_type, ...as(machine) })).toMatchObject({
        body: { error: "unsupported_grant_type" },
      });
    const page = await company().browser.get(ask(machine).url);
    expect(page.headers.get("location") ?? "").not.toContain("/connect/");
  });

  it("10.4.5 (L1) rotates refresh tokens, and ends all of an authorization when a used one comes back", async () => {
    const client = await makeClient();
    const first = (await connected(client)).body.refresh_token ?? "";
    const second = (await refreshing(client, first)).body.refresh_token ?? "";
    const third = (await refreshing(client, second)).body;
    expect((await refreshing(client, first)).status).toBe(400);
    expect((await refreshing(client, third.refresh_token ?? "")).status).toBe(400);
  });

  it("10.4.6 (L2) wants a challenge by S256, and the verifier to it", async () => {
    const client = await makeClient({ authMethod: "client_secret_post" });
    for (const params of [
      { code_challenge: undefined },
      { code_challenge_method: "plain" },
      { code_challenge_method: undefined },
    ])
      expect(answered(await company().browser.get(ask(client, params).url))).toMatchObject({
        error: "invalid_request",
      });
    const { code } = await allowed(client);
    const form = {
      grant_type: "authorization_code",
      code,
      redirect_uri: CALLBACK,
      client_id: client.clientId,
      client_secret: client.secret ?? "",
    };
    expect((await askToken(reach, form)).status).toBe(400);
  });

  it("10.4.7 (L2) warns of a client that registered itself, and asks before anything is given to it", async () => {
    const answer = await reach("/oauth/register", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ client_name: "Your bank", redirect_uris: [CALLBACK] }),
    });
    const { client_id } = (await answer.json()) as { client_id: string };
    const { browser } = company();
    const uid = await browser.open(ask({ clientId: client_id }).url);
    const consent = await readConsent(browser.ctx, { uid, startedHere: browser.cookie(STARTED_COOKIE) });
    expect(consent.client).toMatchObject({ origin: "dynamic", host: null, ownerName: null });
  });

  it("10.4.8 (L2) ends refresh tokens with their grant, which no use of them extends", async () => {
    const client = await makeClient();
    const { body } = await connected(client);
    const { grant } = decodeJwt(body.access_token ?? "") as { grant: string };
    const end = async () => (await db().oauthGrant.findUniqueOrThrow({ where: { id: grant } })).expiresAt;
    const agreed = await end();
    const second = await refreshing(client, body.refresh_token ?? "");
    const third = await refreshing(client, second.body.refresh_token ?? "");
    expect([second.status, third.status]).toEqual([200, 200]);
    expect(await end()).toEqual(agreed);
    await db().$executeRaw`UPDATE oauth_grant SET expires_at = created_at + interval '1 ms' WHERE id = ${grant}`;
    expect(await refreshing(client, third.body.refresh_token ?? "")).toMatchObject({
      status: 400,
      body: { error: "invalid_grant" },
    });
    expect(await validate(third.body.access_token ?? "")).toMatchObject({ active: false });
  });

  it("10.4.9 (L2) lets a person end what they allowed, refresh and access tokens at once; nobody else's", async () => {
    const client = await makeClient();
    const { body } = await connected(client);
    const { grant } = decodeJwt(body.access_token ?? "") as { grant: string };
    const stranger = personCtx(await makePerson());
    await expect(revokeGrant(stranger, { id: grant, urgent: false })).rejects.toMatchObject({
      code: "grant_not_found",
    });
    await revokeGrant(personCtx(company().person), { id: grant, urgent: false });
    expect(await validate(body.access_token ?? "")).toMatchObject({ active: false, reason: "revoked" });
    expect((await refreshing(client, body.refresh_token ?? "")).status).toBe(400);
  });

  it("10.4.10 (L2) wants confidential clients to show who they are at every back-channel endpoint", async () => {
    const client = await makeClient({ authMethod: "client_secret_basic" });
    const wrong = { authorization: `Basic ${Buffer.from(`${client.clientId}:wrong`).toString("base64")}` };
    const { challenge } = { challenge: "x".repeat(43) };
    const request = {
      client_id: client.clientId,
      response_type: "code",
      redirect_uri: CALLBACK,
      code_challenge: challenge,
      code_challenge_method: "S256",
    };
    for (const [path, form] of [
      ["/oauth/token", { grant_type: "refresh_token", refresh_token: "x", client_id: client.clientId }],
      ["/oauth/par", request],
    ] as const) {
      expect(await post(path, form)).toMatchObject({ status: 401, body: { error: "invalid_client" } });
      expect(await post(path, form, wrong)).toMatchObject({ status: 401, body: { error: "invalid_client" } });
    }
  });

  it("10.4.11 (L2) gives no scope that the person, or a machine's roles, do not have", async () => {
    const reader = await makeHolder((await makeRole([company().server.id], ["tickets:read"])).id);
    const browser = await new Browser(reach, reader).signIn();
    const client = await makeClient();
    const uid = await browser.open(ask(client, { scope: "tickets:read tickets:write" }).url);
    await expect(browser.allow(uid, ["tickets:write"])).rejects.toMatchObject({ code: "role_not_held" });
    const machine = await makeClient({ kind: "machine", authMethod: "client_secret_post" });
    const form = {
      grant_type: "client_credentials",
      client_id: machine.clientId,
      client_secret: machine.secret ?? "",
      resource: company().server.resource,
      scope: "tickets:write",
    };
    expect((await askToken(reach, form)).status).toBe(400);
  });
});

describe("V10.6 OpenID provider", () => {
  it("10.6.1 (L2) has the response type code, and no other", async () => {
    const client = await makeClient();
    for (const response_type of [
      "token",
      "id_token",
      "id_token token",
      "code token",
      "code id_token token",
      "none",
      "",
      "CODE",
    ]) {
      const answer = await company().browser.get(ask(client, { response_type, nonce: "n", scope: "openid" }).url);
      expect(answer.headers.get("location") ?? "").not.toContain("/connect/");
    }
  });

  it("10.6.2 (L2) signs nobody out at a link's word", async () => {
    const client = await makeClient({ redirectUris: ["https://app.example/cb"], applicationType: "web" });
    const { browser } = company();
    const redirect_uri = "https://app.example/cb";
    await browser.allow(await browser.open(ask(client, { redirect_uri }).url), ["tickets:read"], { remember: true });
    for (const path of ["/oauth/end_session", "/oauth/end_session/confirm", "/oauth/logout"])
      await browser.get(`${issuer()}${path}`);
    expect((await browser.get(ask(client, { redirect_uri }).url)).headers.get("location")).toContain("code=");
  });

  it("10.6 (L2) makes id tokens that no server takes for access tokens, and the other way round", async () => {
    const client = await makeClient();
    const { code, verifier } = await allowed(client, { scope: "openid tickets:read" });
    const { body } = await redeem(client, code, verifier);
    const { id_token } = body as { id_token?: string };
    expect(decodeProtectedHeader(id_token ?? "").typ).not.toBe("at+jwt");
    expect(decodeProtectedHeader(body.access_token ?? "").typ).toBe("at+jwt");
    expect(await validate(id_token ?? "")).toMatchObject({ active: false });
    expect(await introspect(id_token ?? "")).toEqual({ active: false });
  });
});

describe("V10.7 consent", () => {
  it("10.7.1 (L2) asks each time, unless the person asked it not to; and always where anybody could be the client", async () => {
    const local = await makeClient();
    const { browser } = company();
    await browser.allow(await browser.open(ask(local).url), ["tickets:read"], { remember: true });
    expect((await browser.get(ask(local).url)).headers.get("location")).toMatch(/^\/connect\//);
    expect(answered(await browser.get(ask(local, { prompt: "none" }).url)).error).toMatch(/_required$/);
    const web = await makeClient({ redirectUris: ["https://app.example/cb"], applicationType: "web" });
    const redirect_uri = "https://app.example/cb";
    await browser.allow(await browser.open(ask(web, { redirect_uri }).url), ["tickets:read"]);
    expect((await browser.get(ask(web, { redirect_uri }).url)).headers.get("location")).toMatch(/^\/connect\//);
  });

  it("10.7.1 (L2) asks anew for more than was allowed", async () => {
    const web = await makeClient({ redirectUris: ["https://app.example/cb"], applicationType: "web" });
    const redirect_uri = "https://app.example/cb";
    const { browser } = company();
    await browser.allow(await browser.open(ask(web, { redirect_uri }).url), ["tickets:read"], { remember: true });
    for (const more of [
      { scope: "tickets:read tickets:write" },
      { authorization_details: JSON.stringify([{ type: "mcp_tools", tools: ["close_ticket"] }]) },
    ])
      expect((await browser.get(ask(web, { redirect_uri, ...more }).url)).headers.get("location")).toMatch(
        /^\/connect\//,
      );
  });

  it("10.7.2 (L2) says who asks, of which server, for what, with which tools, where it goes, and how long it lasts", async () => {
    const client = await makeClient({ name: "Desk" });
    const { browser, server } = company();
    const authorization_details = JSON.stringify([{ type: "mcp_tools", tools: ["list_tickets"] }]);
    const uid = await browser.open(ask(client, { scope: "tickets:read tickets:write", authorization_details }).url);
    const consent = await readConsent(browser.ctx, { uid, startedHere: browser.cookie(STARTED_COOKIE) });
    expect(consent).toMatchObject({
      client: { name: "Desk", origin: "registered" },
      server: { id: server.id, resource: server.resource },
      redirect: { to: "127.0.0.1:4999", local: true },
      tools: ["list_tickets"],
      keepsAccess: true,
    });
    const policy = await db().instance.findUniqueOrThrow({ where: { id: 1 } });
    expect(consent.lasts).toEqual({
      atMostSeconds: policy.grantLifetimeSeconds,
      unusedSeconds: policy.refreshIdleSeconds,
    });
    await db().oauthClient.update({ where: { agentId: client.agentId }, data: { idleTimeoutSeconds: 600 } });
    const rested = await readConsent(browser.ctx, { uid, startedHere: browser.cookie(STARTED_COOKIE) });
    expect(rested.lasts.unusedSeconds).toBe(600);
    await browser.allow(uid, ["tickets:read"]);
    const given = await db().oauthGrant.findFirstOrThrow({ where: { agentId: client.agentId } });
    expect((given.expiresAt.getTime() - given.createdAt.getTime()) / 1000).toBe(consent.lasts.atMostSeconds);
    expect(consent.scopes.map(({ name, access, held }) => [name, access, held])).toEqual([
      ["tickets:read", "read", true],
      ["tickets:write", "write", true],
    ]);
  });

  it("10.7.2 (L2) says that access without refresh tokens ends with its one token, however long this server's live", async () => {
    const client = await makeClient({ grantTypes: ["authorization_code"] });
    const { browser, server } = company();
    await db().mcpServer.update({ where: { id: server.id }, data: { accessTokenSeconds: 86_400 } });
    const uid = await browser.open(ask(client).url);
    const consent = await readConsent(browser.ctx, { uid, startedHere: browser.cookie(STARTED_COOKIE) });
    await db().mcpServer.update({ where: { id: server.id }, data: { accessTokenSeconds: 900 } });
    expect(consent).toMatchObject({ keepsAccess: false, lasts: { atMostSeconds: 86_400, unusedSeconds: 86_400 } });
  });

  it("10.7.3 (L2) lets a person take out a part of what they allowed, at once, for what is issued and what comes", async () => {
    const client = await makeClient();
    const { browser, person, server } = company();
    const both = ["tickets:read", "tickets:write"];
    const asked = { resource: server.resource, scope: both.join(" ") };
    const { body } = await connect(browser, issuer(), client, asked, both);
    const token = body.access_token ?? "";
    expect(await validate(token, "close_ticket")).toMatchObject({ decision: "allow" });
    const { grant: id } = decodeJwt(token) as { grant: string };
    const narrowed = await narrowGrant(personCtx(person), { id, removeScopes: ["tickets:write"] });
    expect(narrowed.scopes.map(({ name }) => name)).toEqual(["tickets:read"]);
    expect(await validate(token, "close_ticket")).toMatchObject({ decision: "deny", reason: "insufficient_scope" });
    expect(await validate(token, "list_tickets")).toMatchObject({ decision: "allow", scopes: ["tickets:read"] });
    const next = await refreshing(client, body.refresh_token ?? "");
    expect(next).toMatchObject({ status: 200, body: { scope: "tickets:read" } });
    expect(await validate(next.body.access_token ?? "", "close_ticket")).toMatchObject({ decision: "deny" });
  });

  it("10.7.3 (L2) shows a person what they allowed, and nobody else's, and ends it at their wish", async () => {
    const { person } = company();
    const { body } = await connected(await makeClient());
    const { grant } = decodeJwt(body.access_token ?? "") as { grant: string };
    const mine = personCtx(person);
    expect((await listGrants(mine, { limit: 100, status: "live" })).items.map(({ id }) => id)).toContain(grant);
    const other = personCtx(await makePerson());
    expect((await listGrants(other, { limit: 100 })).items).toEqual([]);
    await expect(getGrant(other, grant)).rejects.toMatchObject({ code: "grant_not_found" });
    await revokeGrant(mine, { id: grant, urgent: false });
    expect(await getGrant(mine, grant)).toMatchObject({ status: "revoked" });
  });
});
