import { decodeJwt } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { newId } from "@/lib/id";
import { readConsent } from "@/lib/oauth/consent";
import { STARTED_COOKIE } from "@/lib/oauth/interaction";
import { useTestDatabase } from "@/lib/testing/database";
import { makeServer } from "@/lib/testing/make";
import { makeKey } from "@/lib/testing/make-credentials";
import { askToken, connect, makeClient } from "./testing/client";
import { answered, useCompany } from "./testing/company";
import { useListener } from "./testing/listener";

// What the MCP authorization specification (2026-07-28) asks of an authorization server: one test per requirement.
useTestDatabase();
const { reach, issuer } = useListener();
const { company, ask, allowed, redeem, connected, refreshing, validate } = useCompany(reach, issuer);

let metadata: Record<string, unknown>;
beforeAll(async () => {
  metadata = (await (await reach("/.well-known/oauth-authorization-server")).json()) as Record<string, unknown>;
});

describe("MUST: OAuth 2.1 for public and confidential clients", () => {
  it.each(["none", "client_secret_basic", "client_secret_post"] as const)(
    "gives a code's tokens to a client that shows who it is with %s, and to nobody else",
    async (authMethod) => {
      const client = await makeClient({ authMethod });
      const { code, verifier } = await allowed(client);
      const form = {
        grant_type: "authorization_code",
        code,
        code_verifier: verifier,
        redirect_uri: "http://127.0.0.1:4999/callback",
      };
      const secret = client.secret ?? "";
      if (authMethod !== "none")
        expect((await askToken(reach, { ...form, client_id: client.clientId })).status).toBe(401);
      const answer =
        authMethod === "client_secret_basic"
          ? await askToken(reach, form, {
              authorization: `Basic ${Buffer.from(`${client.clientId}:${secret}`).toString("base64")}`,
            })
          : await askToken(reach, {
              ...form,
              client_id: client.clientId,
              ...(authMethod === "none" ? {} : { client_secret: secret }),
            });
      expect(answer.status).toBe(200);
    },
  );

  it("has no implicit and no password grant", async () => {
    expect(metadata.response_types_supported).toEqual(["code"]);
    expect(metadata.grant_types_supported).not.toContain("implicit");
    expect(metadata.grant_types_supported).not.toContain("password");
    const client = await makeClient();
    const password = { grant_type: "password", username: "x", password: "y", client_id: client.clientId };
    expect((await askToken(reach, password)).status).toBe(400);
  });
});

describe("MUST: metadata by RFC 8414 or OpenID Connect discovery", () => {
  it("is at both places, alike, as JSON, without authentication, about the issuer that it is under", async () => {
    for (const path of ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"]) {
      const answer = await reach(path);
      expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
      expect(await answer.json()).toEqual(metadata);
    }
    expect(metadata.issuer).toBe(issuer());
  });

  it("names only endpoints that there are", async () => {
    for (const [name, url] of Object.entries(metadata)) {
      if (!name.endsWith("_endpoint") && name !== "jwks_uri") continue;
      const answers = await Promise.all(["GET", "POST"].map((method) => reach(String(url), { method })));
      expect(`${name} ${answers.map(({ status }) => status).every((status) => status === 404)}`).toBe(`${name} false`);
    }
  });
});

it("MUST: code_challenge_methods_supported is there, and S256 is all that it names", () => {
  expect(metadata.code_challenge_methods_supported).toEqual(["S256"]);
});

describe("SHOULD: Client ID Metadata Documents", () => {
  it("are announced", () => {
    expect(metadata.client_id_metadata_document_supported).toBe(true);
  });

  it("MUST: hold the redirect that is asked for; the document's host is what people are shown", async () => {
    const clientId = "https://client.example/oauth/client.json";
    const id = newId("agent");
    await db().agent.create({ data: { id, name: "Example", kind: "interactive", origin: "document" } });
    await db().oauthClient.create({
      data: {
        agentId: id,
        clientId,
        authMethod: "none",
        redirectUris: ["https://client.example/cb"],
        applicationType: "web",
        grantTypes: ["authorization_code", "refresh_token"],
        documentReadAt: new Date(),
        documentHash: new Uint8Array(32),
        documentFreshUntil: new Date(Date.now() + 3_600_000),
      },
    });
    const { browser } = company();
    const uid = await browser.open(ask({ clientId }, { redirect_uri: "https://client.example/cb" }).url);
    const consent = await readConsent(browser.ctx, { uid, startedHere: browser.cookie(STARTED_COOKIE) });
    expect(consent.client).toMatchObject({ origin: "document", host: "client.example" });
    for (const redirect_uri of ["https://client.example/other", "https://evil.example/cb", "http://127.0.0.1/cb"]) {
      const answer = await browser.get(ask({ clientId }, { redirect_uri }).url);
      expect([answer.status, answer.headers.get("location")]).toEqual([400, null]);
    }
  });
});

describe("MUST: consent shows where the answer goes", () => {
  it.each([
    ["https://app.example/cb", "app.example", false],
    ["https://app.example:8443/cb", "app.example:8443", false],
    ["http://127.0.0.1:4999/callback", "127.0.0.1:4999", true],
    ["http://localhost/callback", "localhost", true],
    ["cursor://anysphere.cursor-mcp/oauth/callback", "cursor://", true],
  ])("%s as %s, and SHOULD: warns of a program on this machine: %s", async (redirectUri, to, local) => {
    const client = await makeClient({ redirectUris: [redirectUri], applicationType: local ? "native" : "web" });
    const { browser } = company();
    const uid = await browser.open(ask(client, { redirect_uri: redirectUri }).url);
    const { redirect, mayRemember } = await readConsent(browser.ctx, {
      uid,
      startedHere: browser.cookie(STARTED_COOKIE),
    });
    expect({ ...redirect, mayRemember }).toEqual({ to, local, mayRemember: !local });
  });
});

it("MAY: dynamic registration is there, and announced", async () => {
  expect(metadata.registration_endpoint).toBe(`${issuer()}/oauth/register`);
});

it("SHOULD: iss is in success and error answers, and MUST then be announced", async () => {
  const client = await makeClient();
  const { browser } = company();
  expect(metadata.authorization_response_iss_parameter_supported).toBe(true);
  expect((await allowed(client)).back.searchParams.get("iss")).toBe(issuer());
  expect((await browser.refuse(await browser.open(ask(client).url))).searchParams.get("iss")).toBe(issuer());
  expect(answered(await browser.get(ask(client, { prompt: "none" }).url))).toMatchObject({ iss: issuer() });
});

describe("MUST: refresh tokens of public clients rotate; SHOULD: access tokens are short-lived", () => {
  it("each use gives another, and the first then ends with everything that came of it", async () => {
    const client = await makeClient();
    const first = (await connected(client)).body;
    const second = (await refreshing(client, first.refresh_token ?? "")).body;
    const third = (await refreshing(client, second.refresh_token ?? "")).body;
    expect(new Set([first.refresh_token, second.refresh_token, third.refresh_token]).size).toBe(3);
    expect((await refreshing(client, first.refresh_token ?? "")).status).toBe(400);
    expect(await validate(third.access_token ?? "")).toMatchObject({ active: false });
  });

  it("an access token lives a quarter of an hour, in what is said of it and in itself", async () => {
    const { body } = await connected(await makeClient());
    const { exp = 0, iat = 0 } = decodeJwt(body.access_token ?? "");
    expect(body.expires_in).toBe(900);
    expect(exp - iat).toBe(900);
  });
});

it("MUST: all endpoints are under the issuer, and so by https where that is", () => {
  for (const [name, url] of Object.entries(metadata))
    if (name.endsWith("_endpoint") || name === "jwks_uri") expect(String(url).startsWith(`${issuer()}/`)).toBe(true);
});

it("MUST: the resource of RFC 8707 is what a token is for, in authorization and token requests alike", async () => {
  const client = await makeClient();
  const { code, verifier } = await allowed(client, { resource: company().server.resource });
  const { body } = await redeem(client, code, verifier, { resource: company().server.resource });
  expect(decodeJwt(body.access_token ?? "").aud).toBe(company().server.resource);
});

it("MUST: what a token answer says may be kept by nobody", async () => {
  const client = await makeClient();
  const { code, verifier } = await allowed(client);
  const answer = await reach("/oauth/token", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      grant_type: "authorization_code",
      client_id: client.clientId,
      code,
      code_verifier: verifier,
      redirect_uri: "http://127.0.0.1:4999/callback",
    }).toString(),
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("cache-control")).toContain("no-store");
});

describe("what it asks of MCP servers, where Gatehouse does it for them", () => {
  const metadataOf = async (serverId: string) => {
    const { slug } = await db().mcpServer.findUniqueOrThrow({ where: { id: serverId }, select: { slug: true } });
    const answer = await reach(`/oauth/resources/${slug}`);
    expect(answer.status).toBe(200);
    return (await answer.json()) as Record<string, unknown>;
  };

  it("MUST: protected resource metadata with at least one authorization server, which is the issuer; SHOULD: without offline_access", async () => {
    const { server } = company();
    await db().scope.create({
      data: { id: newId("scope"), serverId: server.id, name: "offline_access", access: "read" },
    });
    const { authorization_servers, scopes_supported } = await metadataOf(server.id);
    await db().scope.deleteMany({ where: { serverId: server.id, name: "offline_access" } });
    expect(authorization_servers).toEqual([metadata.issuer]);
    expect(scopes_supported).toEqual(["tickets:read", "tickets:write"]);
  });

  it("MUST: token and audience are validated: what is invalid, expired or for another server is not active", async () => {
    const { body } = await connected(await makeClient());
    const token = body.access_token ?? "";
    expect(await validate(token)).toMatchObject({ active: true });
    const stranger = await makeKey((await makeServer()).id);
    expect(await validate(token, undefined, stranger.secret)).toMatchObject({ active: false });
    expect(await validate(`${token}x`)).toMatchObject({ active: false });
  });

  it("MUST: account for scope hierarchies: there are none, a scope gives itself alone, and all that is missing is named at once", async () => {
    const { browser, server } = company();
    const resource = { resource: server.resource, scope: "tickets:write" };
    const { body } = await connect(browser, issuer(), await makeClient(), resource, ["tickets:write"]);
    const token = body.access_token ?? "";
    expect(await validate(token, "close_ticket")).toMatchObject({ decision: "allow", scopes: ["tickets:write"] });
    expect(await validate(token, "list_tickets")).toMatchObject({
      decision: "deny",
      reason: "insufficient_scope",
      missingScopes: ["tickets:read"],
    });
  });
});
