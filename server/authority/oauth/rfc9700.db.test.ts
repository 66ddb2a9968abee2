import { decodeJwt } from "jose";
import { beforeEach, describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { useTestDatabase } from "@/lib/testing/database";
import { Browser } from "./testing/browser";
import { askToken, authorizeUrl, CALLBACK, makeClient, pkce } from "./testing/client";
import { answered, makeCompany, useCompany } from "./testing/company";
import { useListener } from "./testing/listener";

// One test per attack of RFC 9700 (Best Current Practice for OAuth 2.0 Security), section 4.
useTestDatabase();
const { reach, issuer } = useListener();
const { company, ask, allowed, redeem, connected, refreshing, validate, introspect } = useCompany(reach, issuer);
const WEB = "https://app.example/callback";

let client: Awaited<ReturnType<typeof makeClient>>;
beforeEach(async () => {
  client = await makeClient();
});

/** A client that introduced itself, with any redirect. */
async function stranger(redirectUri = WEB) {
  const made = await makeClient({ redirectUris: [redirectUri], applicationType: "web" });
  await db().agent.update({ where: { id: made.agentId }, data: { origin: "dynamic", ownerId: null } });
  return made;
}

describe("4.1 insufficient redirect URI validation", () => {
  it.each([
    "http://127.0.0.1:4999/callback/",
    "http://127.0.0.1:4999/callback?x=1",
    "http://127.0.0.1:4999/callback#x",
    "http://127.0.0.1:4999/callback/../evil",
    "http://127.0.0.1:4999/Callback",
    "http://127.0.0.1:4999/%63allback",
    "http://127.0.0.1:4999/callback%00",
    "http://127.0.0.1:4999@evil.example/callback",
    "http://127.0.0.1.evil.example/callback",
    "http://evil.example/callback",
    "https://127.0.0.1:4999/callback",
    "HTTP://127.0.0.1:4999/callback",
    "http://127.0.0.1:4999\\@evil.example/callback",
    "//127.0.0.1:4999/callback",
  ])("4.1 leads nobody to %j, which is not what was registered", async (redirect_uri) => {
    const answer = await company().browser.get(ask(client, { redirect_uri }).url);
    expect(answer.headers.get("location")).toBeNull();
    expect(answer.status).toBe(400);
  });

  it("4.1 compares the redirect of a web client whole, the port too", async () => {
    const web = await makeClient({ redirectUris: ["https://app.example/callback"], applicationType: "web" });
    for (const redirect_uri of [
      "https://app.example:444/callback",
      "https://app.example/callback/x",
      "https://app.example",
    ]) {
      const answer = await company().browser.get(ask(web, { redirect_uri }).url);
      expect(answer.headers.get("location")).toBeNull();
    }
  });

  it("4.1.3 takes no second redirect_uri beside the first", async () => {
    const { url } = ask(client);
    const answer = await company().browser.get(`${url}&redirect_uri=https%3A%2F%2Fevil.example%2F`);
    expect(answer.headers.get("location") ?? "").not.toContain("evil.example");
    expect(answer.headers.get("location") ?? "").not.toContain("/connect/");
  });
});

describe("4.2 credential leakage via Referer headers", () => {
  it("4.2.4 tells every page and answer of the endpoint to send no referrer, and to be kept nowhere", async () => {
    const { browser } = company();
    const { url } = ask(client);
    const first = await browser.get(url);
    const broken = await browser.get(ask(client, { redirect_uri: "https://evil.example/" }).url);
    for (const answer of [first, broken]) {
      expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
      expect(answer.headers.get("cache-control")).toContain("no-store");
    }
  });

  it("4.2.4 redeems a code once: what leaks later is worth nothing", async () => {
    const { code, verifier } = await allowed(client);
    expect((await redeem(client, code, verifier)).status).toBe(200);
    expect(await redeem(client, code, verifier)).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
  });
});

describe("4.3 credential leakage via browser history", () => {
  it("4.3.1 puts no token into an address: there is no response type but code", async () => {
    for (const response_type of ["token", "id_token", "code token", "code id_token", "id_token token", "none"]) {
      const answer = await company().browser.get(ask(client, { response_type, nonce: "n" }).url);
      expect(answer.headers.get("location") ?? "").not.toContain("/connect/");
      expect(answer.headers.get("location") ?? "").not.toContain("access_token");
    }
  });

  it("4.3.2 takes no access token and no client secret from an address", async () => {
    const secretive = await makeClient({ kind: "machine", authMethod: "client_secret_post" });
    const query = new URLSearchParams({ client_id: secretive.clientId, client_secret: secretive.secret ?? "" });
    const answer = await reach(`/oauth/token?${query.toString()}`, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ grant_type: "client_credentials", resource: company().server.resource }).toString(),
    });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(await answer.text()).not.toContain("access_token");
  });
});

describe("4.4 mix-up attacks", () => {
  it("4.4.2.1 says in every answer which server it is: iss, on success and on error alike", async () => {
    const { back } = await allowed(client);
    expect(back.searchParams.get("iss")).toBe(issuer());
    const { browser } = company();
    const refused = await browser.refuse(await browser.open(ask(client).url));
    expect(refused.searchParams.get("iss")).toBe(issuer());
    const failed = await browser.get(ask(client, { code_challenge: undefined }).url);
    expect(answered(failed)).toMatchObject({ error: "invalid_request", iss: issuer() });
  });

  it("4.4 says so in the metadata, with the issuer that it is reached by", async () => {
    const metadata = (await (await reach("/.well-known/oauth-authorization-server")).json()) as Record<string, unknown>;
    expect(metadata).toMatchObject({ issuer: issuer(), authorization_response_iss_parameter_supported: true });
  });
});

describe("4.5 authorization code injection", () => {
  it("4.5.3.1 redeems a code with the verifier of its own request alone", async () => {
    const victim = await allowed(client);
    const attacker = await allowed(client);
    for (const wrong of [attacker.verifier, "", "x".repeat(43), victim.verifier.toUpperCase(), `${victim.verifier}x`])
      expect((await redeem(client, victim.code, wrong)).status).toBe(400);
    const bare = await askToken(reach, {
      grant_type: "authorization_code",
      client_id: client.clientId,
      code: victim.code,
      redirect_uri: CALLBACK,
    });
    expect(bare.status).toBe(400);
  });

  it("4.5 redeems a code for the client alone that asked for it, and with the redirect that it went to", async () => {
    const other = await makeClient();
    const { code, verifier } = await allowed(client);
    expect(await redeem(other, code, verifier)).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
    const next = await allowed(client);
    expect(
      await redeem(client, next.code, next.verifier, { redirect_uri: "http://127.0.0.1:5000/callback" }),
    ).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
  });
});

describe("4.6 access token injection", () => {
  it("4.6 binds an access token to client, person and server, and tells them to who asks", async () => {
    const { body } = await connected(client);
    const token = body.access_token ?? "";
    expect(decodeJwt(token)).toMatchObject({
      client_id: client.clientId,
      sub: company().person.id,
      aud: company().server.resource,
    });
    expect(await introspect(token)).toMatchObject({
      active: true,
      client_id: client.clientId,
      sub: company().person.id,
    });
  });
});

describe("4.7 cross-site request forgery", () => {
  it("4.7.1 gives state back as it came, letter for letter", async () => {
    for (const state of ["a b&c=d#e", "ünï€\u{1f511}", "x".repeat(1500)]) {
      const { back } = await allowed(client, { state });
      expect(back.searchParams.get("state")).toBe(state);
    }
  });

  it("4.7 lets nobody answer a request that another browser began, nor take its answer", async () => {
    const attacker = await makeCompany(reach);
    const uid = await attacker.browser.open(ask(client).url);
    const victim = company().browser;
    await expect(victim.allow(uid, ["tickets:read"])).rejects.toMatchObject({ code: "link_not_found" });
    await expect(victim.refuse(uid)).rejects.toMatchObject({ code: "link_not_found" });
    const resumed = await new Browser(reach, company().person).get(`${issuer()}/oauth/authorize/${uid}`);
    expect(resumed.headers.get("location")).toBeNull();
    expect(resumed.status).toBe(400);
  });

  it("4.7 lets nobody answer for a person: a signed cookie of one request opens no other", async () => {
    const { browser } = company();
    const uid = await browser.open(ask(client).url);
    const answer = await reach(`/oauth/authorize/${uid}`, { headers: { cookie: `gatehouse-connect-resume=${uid}` } });
    expect(answer.headers.get("location")).toBeNull();
    expect(answer.status).toBe(400);
  });
});

describe("4.8 PKCE downgrade", () => {
  it.each([
    ["no challenge", { code_challenge: undefined, code_challenge_method: undefined }],
    ["no method", { code_challenge_method: undefined }],
    ["the method plain", { code_challenge_method: "plain" }],
    ["the method in other letters", { code_challenge_method: "s256" }],
    ["an empty challenge", { code_challenge: "" }],
    ["a challenge that is too short", { code_challenge: "x".repeat(42) }],
    ["a challenge that no SHA-256 has", { code_challenge: "!".repeat(43) }],
  ])("4.8.2 refuses a request with %s, of public and confidential clients alike", async (_what, params) => {
    const confidential = await makeClient({ authMethod: "client_secret_basic" });
    for (const asking of [client, confidential]) {
      const answer = await company().browser.get(ask(asking, params).url);
      expect(answered(answer)).toMatchObject({ error: "invalid_request", iss: issuer() });
    }
  });

  it("4.8.2 takes no second challenge beside the first", async () => {
    const answer = await company().browser.get(`${ask(client).url}&code_challenge=${pkce().challenge}`);
    expect(answer.headers.get("location") ?? "").not.toContain("/connect/");
  });
});

describe("4.9 access token leakage at the resource server", () => {
  it("4.9 lets a server do nothing at another with a token that it was shown", async () => {
    const other = await makeCompany(reach);
    const token = (await connected(client)).body.access_token ?? "";
    expect(await validate(token, "list_tickets")).toMatchObject({ active: true });
    expect(await validate(token, "list_tickets", other.key.secret)).toMatchObject({
      active: false,
      reason: "unknown_token",
    });
    expect(await introspect(token, other.key.secret)).toEqual({ active: false });
    expect(
      await askToken(reach, { grant_type: "refresh_token", client_id: client.clientId, refresh_token: token }),
    ).toMatchObject({ status: 400 });
  });

  it("4.9 keeps no token in the database that a dump would give away", async () => {
    const { body } = await connected(client);
    const dump = JSON.stringify(
      [
        await db().accessToken.findMany(),
        await db().refreshToken.findMany(),
        await db().oauthArtifact.findMany(),
        await db().auditEntry.findMany(),
      ],
      (_key, value: unknown) =>
        typeof value === "bigint"
          ? String(value)
          : value instanceof Uint8Array
            ? Buffer.from(value).toString("latin1")
            : value,
    );
    expect(dump).not.toContain(body.access_token);
    expect(dump).not.toContain((body.access_token ?? "").split(".")[2]);
    expect(dump).not.toContain(body.refresh_token);
  });
});

describe("4.10 misuse of stolen access tokens", () => {
  it("4.10.2 issues every token for one server: nobody gets one for several, or for none", async () => {
    const other = await makeCompany(reach);
    const { url } = ask(client);
    const several = await company().browser.get(`${url}&resource=${encodeURIComponent(other.server.resource)}`);
    expect(several.headers.get("location") ?? "").not.toContain("/connect/");
    const none = await company().browser.get(ask(client, { resource: undefined }).url);
    expect(answered(none)).toMatchObject({ error: "invalid_target" });
    for (const resource of ["https://nowhere.example/mcp", "not an address", issuer()])
      expect(answered(await company().browser.get(ask(client, { resource }).url))).toMatchObject({
        error: "invalid_target",
      });
  });

  it("4.10.2 gives for a code or a refresh token no other server than the person agreed to", async () => {
    const other = await makeCompany(reach);
    const { code, verifier } = await allowed(client);
    expect(await redeem(client, code, verifier, { resource: other.server.resource })).toMatchObject({
      status: 400,
      body: { error: "invalid_target" },
    });
    const { body } = await connected(client);
    expect(await refreshing(client, body.refresh_token ?? "", { resource: other.server.resource })).toMatchObject({
      status: 400,
      body: { error: "invalid_target" },
    });
  });
});

describe("4.11 open redirection", () => {
  it.each([
    ["prompt=none", { prompt: "none" }],
    ["a scope that there is not", { scope: "nonsense:all", resource: "https://nowhere.example" }],
    ["no challenge", { code_challenge: undefined }],
    ["a response type that there is not", { response_type: "token" }],
  ])("4.11.2 sends nobody on to a stranger's address by an error (%s): that is its own page", async (_what, params) => {
    const phisher = await stranger("https://phish.example/login");
    for (const browser of [company().browser, new Browser(reach, company().person)]) {
      const answer = await browser.get(ask(phisher, { redirect_uri: "https://phish.example/login", ...params }).url);
      expect(answer.headers.get("location") ?? "").not.toContain("phish.example");
    }
  });

  it("4.11.2 sends on to it whom it asked first: the person saw where", async () => {
    const web = await stranger();
    const { browser } = company();
    const refused = await browser.refuse(await browser.open(ask(web, { redirect_uri: WEB }).url));
    expect(refused.href).toMatch(/^https:\/\/app\.example\/callback\?error=access_denied/);
  });

  it("4.11.2 has no parameter of its own that leads anywhere", async () => {
    for (const name of ["returnTo", "return_to", "next", "url", "post_logout_redirect_uri", "target_link_uri"]) {
      const end = await reach(`/oauth/end_session?${name}=https://evil.example`);
      expect(end.headers.get("location") ?? "").not.toContain("evil.example");
    }
  });
});

describe("4.12 307 redirect", () => {
  it("4.12 goes on with 303, so that no browser sends a form again to where it is led", async () => {
    const { browser } = company();
    const { url } = ask(client);
    const first = await browser.get(url);
    expect(first.status).toBe(303);
    const posted = await reach("/oauth/authorize", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URL(url).search.slice(1),
    });
    expect([307, 308]).not.toContain(posted.status);
    const uid = await browser.open(url);
    await browser.allow(uid, ["tickets:read"]);
  });
});

describe("4.13 TLS-terminating reverse proxies", () => {
  it("4.13 believes no header that says who the client is, what address it came from, or which name it asked", async () => {
    const machine = await makeClient({ kind: "machine", authMethod: "client_secret_basic" });
    const answer = await askToken(
      reach,
      { grant_type: "client_credentials", client_id: machine.clientId, resource: company().server.resource },
      {
        "x-ssl-client-cert": "x",
        "x-client-cert": "x",
        "ssl-client-verify": "SUCCESS",
        "x-forwarded-user": machine.clientId,
      },
    );
    expect(answer).toMatchObject({ status: 401, body: { error: "invalid_client" } });
    const metadata = await reach("/.well-known/oauth-authorization-server", {
      headers: { "x-forwarded-host": "evil.example", "x-forwarded-proto": "https", "x-original-url": "/evil" },
    });
    expect(await metadata.text()).not.toContain("evil");
  });
});

describe("4.14 refresh token protection", () => {
  it("4.14.2 gives a new refresh token with each use, and takes a used one as stolen: the grant ends for both", async () => {
    const first = (await connected(client)).body;
    const second = (await refreshing(client, first.refresh_token ?? "")).body;
    expect(second.refresh_token).not.toBe(first.refresh_token);
    const third = (await refreshing(client, second.refresh_token ?? "")).body;
    expect(await refreshing(client, first.refresh_token ?? "")).toMatchObject({
      status: 400,
      body: { error: "invalid_grant" },
    });
    expect(await refreshing(client, third.refresh_token ?? "")).toMatchObject({
      status: 400,
      body: { error: "invalid_grant" },
    });
    expect(await validate(third.access_token ?? "")).toMatchObject({ active: false, reason: "revoked" });
  });

  it("4.14.2 is bound to its client: nobody else uses it, and trying ends nothing", async () => {
    const other = await makeClient();
    const { body } = await connected(client);
    expect(await refreshing(other, body.refresh_token ?? "")).toMatchObject({
      status: 400,
      body: { error: "invalid_grant" },
    });
    expect((await refreshing(client, body.refresh_token ?? "")).status).toBe(200);
  });

  it("4.14.2 ends with what the person agreed to, however often it is used: no use extends the grant", async () => {
    const { body } = await connected(client);
    const id = String(decodeJwt(body.access_token ?? "").grant);
    const end = async () => (await db().oauthGrant.findUniqueOrThrow({ where: { id } })).expiresAt;
    const agreed = await end();
    const next = await refreshing(client, body.refresh_token ?? "");
    expect(next.status).toBe(200);
    expect(await end()).toEqual(agreed);
  });

  it("4.14.2 ends where it is not used, and where the person is suspended", async () => {
    const { body } = await connected(client);
    await db().refreshToken.updateMany({
      where: { rotatedAt: null },
      data: { expiresAt: new Date(Date.now() - 1000) },
    });
    expect(await refreshing(client, body.refresh_token ?? "")).toMatchObject({
      status: 400,
      body: { error: "invalid_grant" },
    });
    const leaver = await makeCompany(reach);
    const theirs = await connected(client, company().browser);
    await db().person.update({
      where: { id: leaver.person.id },
      data: { status: "suspended", suspendedAt: new Date() },
    });
    expect((await refreshing(client, theirs.body.refresh_token ?? "")).status).toBe(200);
    await db().person.update({
      where: { id: company().person.id },
      data: { status: "suspended", suspendedAt: new Date() },
    });
    const again = await connectedToken(theirs.body.refresh_token ?? "");
    await db().person.update({ where: { id: company().person.id }, data: { status: "active", suspendedAt: null } });
    expect(again).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
  });
  const connectedToken = (token: string) => refreshing(client, token);
});

describe("4.15 client impersonating resource owner", () => {
  it("4.15 names in a machine's own token the client as subject, which no person can be called", async () => {
    const machine = await makeClient({ kind: "machine", authMethod: "client_secret_post" });
    await db().agentRole.create({ data: { agentId: machine.agentId, roleId: company().role.id, assignedBy: "test" } });
    const { body } = await askToken(reach, {
      grant_type: "client_credentials",
      client_id: machine.clientId,
      client_secret: machine.secret ?? "",
      resource: company().server.resource,
      scope: "tickets:read",
    });
    const { sub } = decodeJwt(body.access_token ?? "");
    expect(sub).toBe(machine.clientId);
    expect(sub).toMatch(/^agt_/);
    expect(await db().person.count({ where: { id: sub } })).toBe(0);
    expect(await validate(body.access_token ?? "")).toMatchObject({ active: true, person: null });
  });
});

describe("4.16 clickjacking", () => {
  it("4.16 forbids every frame around what a person sees of the endpoint", async () => {
    const answer = await company().browser.get(ask(client, { redirect_uri: "https://evil.example" }).url);
    expect(answer.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'");
  });

  it("4.16 says on its error page what the request said, but runs none of it", async () => {
    const answer = await company().browser.get(
      authorizeUrl(issuer(), { client_id: "<script>alert(1)</script>", redirect_uri: "'\"><img src=x>", state: "<b>" }),
    );
    const page = await answer.text();
    expect(page).not.toMatch(/<script|<img|<b>/);
  });
});

describe("4.17 attacks on in-browser communication flows", () => {
  it("4.17 posts its answer to no window: there is no response mode that does", async () => {
    const metadata = (await (await reach("/.well-known/oauth-authorization-server")).json()) as object;
    expect(metadata).toMatchObject({ response_modes_supported: ["query"] });
    for (const response_mode of ["web_message", "form_post", "fragment", "jwt", "query.jwt", "form_post.jwt"]) {
      const answer = await company().browser.get(ask(client, { response_mode }).url);
      expect(answer.headers.get("location") ?? "").not.toContain("/connect/");
    }
  });

  it("4.17 lets no page of another origin read what the authorization endpoint answers", async () => {
    const { url } = ask(client);
    const answer = await reach(url, { headers: { origin: "https://evil.example" } });
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
  });

  it("4.17 never lets a page of another origin send our cookies to the endpoints that it may call", async () => {
    for (const path of ["/oauth/token", "/oauth/jwks", "/.well-known/oauth-authorization-server", "/oauth/register"]) {
      const answer = await reach(path, {
        method: "OPTIONS",
        headers: { origin: "https://evil.example", "access-control-request-method": "POST" },
      });
      expect(answer.headers.get("access-control-allow-credentials")).toBeNull();
    }
  });
});
