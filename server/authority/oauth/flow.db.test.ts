import { decodeJwt, decodeProtectedHeader } from "jose";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { db } from "@/lib/db";
import { giveConsent } from "@/lib/oauth/consent";
import { STARTED_COOKIE } from "@/lib/oauth/interaction";
import { revokeGrant } from "@/lib/oauth/revoke-grant";
import { updatePolicy } from "@/lib/policy/update";
import { systemCtx } from "@/lib/testing/ctx";
import { entriesSince, lastIdx, observe, useTestDatabase } from "@/lib/testing/database";
import { makeHolder, makeRole, makeServer } from "@/lib/testing/make";
import { makeKey } from "@/lib/testing/make-credentials";
import { runtime } from "@/lib/validate/runtime";
import { Browser } from "./testing/browser";
import { askToken, authorizeUrl, CALLBACK, connect, makeClient, pkce } from "./testing/client";
import { useListener } from "./testing/listener";

useTestDatabase();
const { reach, issuer } = useListener();

/** A server with a key, and somebody whose role gives both of its scopes, in their browser. */
async function company() {
  const server = await makeServer();
  const role = await makeRole([server.id], ["tickets:*"]);
  const person = await makeHolder(role.id);
  const key = await makeKey(server.id);
  return { server, role, person, key, browser: await new Browser(reach, person).signIn() };
}
let its: Awaited<ReturnType<typeof company>>;
beforeAll(async () => {
  its = await company();
});

async function validate(token: string, tool?: string, key = its.key.secret): Promise<Record<string, unknown>> {
  const answer = await reach("/api/v1/validate", {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ token, tool }),
  });
  return (await answer.json()) as Record<string, unknown>;
}

const refreshing = (client: { clientId: string }, refresh_token: string) =>
  askToken(reach, { grant_type: "refresh_token", client_id: client.clientId, refresh_token });

describe("the authorization code grant", () => {
  it("gives what the person left ticked, as a JWT that names server, client, person and grant, and validates", async () => {
    const client = await makeClient();
    const before = await lastIdx();
    const answer = await connect(
      its.browser,
      issuer(),
      client,
      { resource: its.server.resource, scope: "tickets:read tickets:write" },
      ["tickets:read"],
    );
    expect(answer).toMatchObject({
      status: 200,
      body: { token_type: "Bearer", expires_in: 900, scope: "tickets:read" },
    });
    const token = answer.body.access_token ?? "";
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: "ES256", typ: "at+jwt" });
    expect(decodeJwt(token)).toMatchObject({
      iss: issuer(),
      aud: its.server.resource,
      sub: its.person.id,
      client_id: client.clientId,
      scope: "tickets:read",
    });
    expect(decodeJwt(token).grant).toMatch(/^gnt_/);
    expect(await validate(token, "list_tickets")).toMatchObject({
      decision: "allow",
      token: { kind: "oauth", id: decodeJwt(token).jti, name: client.name },
      person: { id: its.person.id },
      agent: { id: client.agentId },
      role: its.role.name,
      scopes: ["tickets:read"],
    });
    expect(await validate(token, "close_ticket")).toMatchObject({ decision: "deny", reason: "insufficient_scope" });
    const actions = (await entriesSince(before)).map(({ action }) => action);
    expect(actions).toEqual(["grant.give", "oauth.issue", "token.validate", "token.validate"]);
  });

  it("is cut off with the grant, and with nothing else of the same person", async () => {
    const client = await makeClient();
    const ask = { resource: its.server.resource, scope: "tickets:read" };
    const [first, second] = [
      await connect(its.browser, issuer(), client, ask, ["tickets:read"]),
      await connect(its.browser, issuer(), client, ask, ["tickets:read"]),
    ];
    const grant = decodeJwt(first.body.access_token ?? "").grant as string;
    const done = await revokeGrant(systemCtx(), { id: grant, urgent: false });
    expect(done).toMatchObject({ revoked: 1, complete: true });
    expect(await validate(first.body.access_token ?? "")).toMatchObject({ active: false, reason: "revoked" });
    expect(await validate(second.body.access_token ?? "")).toMatchObject({ active: true });
    expect(await refreshing(client, first.body.refresh_token ?? "")).toMatchObject({
      status: 400,
      body: { error: "invalid_grant" },
    });
  });

  it("defaults a missing scope to what only reads, and a missing resource to the only server", async () => {
    const client = await makeClient();
    const { verifier, challenge } = pkce();
    const url = authorizeUrl(issuer(), {
      client_id: client.clientId,
      redirect_uri: CALLBACK,
      code_challenge: challenge,
    });
    const uid = await its.browser.open(url);
    const back = await its.browser.allow(uid, ["tickets:read"]);
    expect(back.searchParams.get("iss")).toBe(issuer());
    expect(back.searchParams.get("state")).toBe("s-1");
    const answer = await askToken(reach, {
      grant_type: "authorization_code",
      client_id: client.clientId,
      code: back.searchParams.get("code") ?? "",
      code_verifier: verifier,
      redirect_uri: CALLBACK,
    });
    expect(answer).toMatchObject({ status: 200, body: { scope: "tickets:read" } });
    expect(decodeJwt(answer.body.access_token ?? "").aud).toBe(its.server.resource);
  });

  it("takes a slash too many, and the bare origin, as the registered resource", async () => {
    const client = await makeClient();
    for (const spelling of [`${its.server.resource}/`, new URL(its.server.resource).origin]) {
      const answer = await connect(its.browser, issuer(), client, { resource: spelling, scope: "tickets:read" }, [
        "tickets:read",
      ]);
      expect(decodeJwt(answer.body.access_token ?? "").aud).toBe(its.server.resource);
    }
  });

  it("refuses without S256, and a verifier that does not match", async () => {
    const client = await makeClient();
    const base = { client_id: client.clientId, redirect_uri: CALLBACK, resource: its.server.resource };
    const without = await its.browser.get(authorizeUrl(issuer(), { ...base, code_challenge_method: undefined }));
    expect(new URL(without.headers.get("location") ?? "").searchParams.get("error")).toBe("invalid_request");
    const plain = await its.browser.get(
      authorizeUrl(issuer(), { ...base, code_challenge: "x".repeat(43), code_challenge_method: "plain" }),
    );
    expect(new URL(plain.headers.get("location") ?? "").searchParams.get("error")).toBe("invalid_request");
    const uid = await its.browser.open(authorizeUrl(issuer(), { ...base, code_challenge: pkce().challenge }));
    const back = await its.browser.allow(uid, ["tickets:read"]);
    const before = await lastIdx();
    const answer = await askToken(reach, {
      grant_type: "authorization_code",
      client_id: client.clientId,
      code: back.searchParams.get("code") ?? "",
      code_verifier: pkce().verifier,
      redirect_uri: CALLBACK,
    });
    expect(answer).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
    expect(await entriesSince(before)).toMatchObject([
      { action: "oauth.refuse", outcome: "denied", reason: "invalid_grant" },
    ]);
  });

  it("ends what a code gave when it comes a second time, also of twenty at the same moment", async () => {
    const client = await makeClient();
    const { verifier, challenge } = pkce();
    const base = {
      client_id: client.clientId,
      redirect_uri: CALLBACK,
      code_challenge: challenge,
      resource: its.server.resource,
    };
    const uid = await its.browser.open(authorizeUrl(issuer(), base));
    const code = (await its.browser.allow(uid, ["tickets:read"])).searchParams.get("code") ?? "";
    const redeem = () =>
      askToken(reach, {
        grant_type: "authorization_code",
        client_id: client.clientId,
        code,
        code_verifier: verifier,
        redirect_uri: CALLBACK,
      });
    const answers = await Promise.all(Array.from({ length: 20 }, redeem));
    const tokens = answers.flatMap(({ body }) => (body.access_token ? [body.access_token] : []));
    expect(tokens.length).toBeLessThanOrEqual(1);
    expect(await redeem()).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
    for (const token of tokens) expect(await validate(token)).toMatchObject({ active: false, reason: "revoked" });
  });

  it("answers only in the browser that asked: who is sent a link gives nothing away", async () => {
    const client = await makeClient();
    const url = authorizeUrl(issuer(), {
      client_id: client.clientId,
      redirect_uri: CALLBACK,
      code_challenge: pkce().challenge,
      resource: its.server.resource,
    });
    const uid = await its.browser.open(url);
    const victim = await new Browser(reach, (await company()).person).signIn();
    const before = await lastIdx();
    await expect(victim.allow(uid, ["tickets:read"])).rejects.toMatchObject({ code: "link_not_found" });
    expect(await entriesSince(before)).toMatchObject([
      { action: "grant.give", outcome: "denied", reason: "link_not_found" },
    ]);
  });

  it("makes one grant of a double click, and of twenty answers at once", async () => {
    const client = await makeClient();
    const uid = await its.browser.open(
      authorizeUrl(issuer(), {
        client_id: client.clientId,
        redirect_uri: CALLBACK,
        code_challenge: pkce().challenge,
        resource: its.server.resource,
      }),
    );
    const answer = { uid, startedHere: its.browser.cookie(STARTED_COOKIE), scopes: ["tickets:read"], remember: false };
    const before = await lastIdx();
    const answers = await Promise.all(Array.from({ length: 20 }, () => giveConsent(its.browser.ctx, answer)));
    expect(new Set(answers.map(({ location }) => location)).size).toBe(1);
    expect(await db().oauthGrant.count({ where: { agentId: client.agentId } })).toBe(1);
    expect((await entriesSince(before)).map(({ action }) => action)).toEqual(["grant.give"]);
  });

  it("gives no scope that the person's roles do not give, whatever is ticked", async () => {
    const client = await makeClient();
    const reader = await makeHolder((await makeRole([its.server.id], ["tickets:read"])).id);
    const browser = await new Browser(reach, reader).signIn();
    const url = authorizeUrl(issuer(), {
      client_id: client.clientId,
      redirect_uri: CALLBACK,
      code_challenge: pkce().challenge,
      resource: its.server.resource,
      scope: "tickets:read tickets:write",
    });
    const uid = await browser.open(url);
    await expect(browser.allow(uid, ["tickets:read", "tickets:write"])).rejects.toMatchObject({
      code: "role_not_held",
    });
    expect((await browser.allow(uid, ["tickets:read"])).searchParams.get("code")).toBeTruthy();
  });

  it("tells the client that the person refused, and records it", async () => {
    const client = await makeClient();
    const url = authorizeUrl(issuer(), {
      client_id: client.clientId,
      redirect_uri: CALLBACK,
      code_challenge: pkce().challenge,
      resource: its.server.resource,
    });
    const before = await lastIdx();
    const back = await its.browser.refuse(await its.browser.open(url));
    expect(Object.fromEntries(back.searchParams)).toMatchObject({
      error: "access_denied",
      iss: issuer(),
      state: "s-1",
    });
    expect((await entriesSince(before)).map(({ action }) => action)).toEqual(["grant.refuse", "oauth.refuse"]);
  });

  it.each([
    ["it may", 600, null],
    ["the policy lets agents that have no limit of their own", null, 600],
    ["it may, where the policy lets others rest for longer", 600, 31_536_000],
  ])(
    "ends where the agent has rested for longer than %s, and what was refused does not wake it",
    async (_who, own, all) => {
      const client = await makeClient();
      await db().oauthClient.update({ where: { agentId: client.agentId }, data: { idleTimeoutSeconds: own } });
      await updatePolicy(systemCtx(), { idleTimeoutSeconds: all });
      onTestFinished(async () => void (await updatePolicy(systemCtx(), { idleTimeoutSeconds: null })));
      const ask = { resource: its.server.resource, scope: "tickets:read" };
      const { body } = await connect(its.browser, issuer(), client, ask, ["tickets:read"]);
      const token = body.access_token ?? "";
      const grantId = decodeJwt(token).grant as string;
      expect(await validate(token)).toMatchObject({ decision: "allow" });
      await runtime().activity.flush();
      const before = (seconds: number) => new Date(Date.now() - seconds * 1000);
      await db().$executeRaw`ALTER TABLE oauth_grant DISABLE TRIGGER oauth_grant_refuse_rewriting`;
      await db().oauthGrant.update({ where: { id: grantId }, data: { createdAt: before(7200) } });
      await db().$executeRaw`ALTER TABLE oauth_grant ENABLE TRIGGER oauth_grant_refuse_rewriting`;
      await db().grantActivity.update({ where: { grantId }, data: { lastUsedAt: before(640) } });
      expect(await validate(token)).toMatchObject({ active: false, reason: "idle_timeout" });
      await runtime().activity.flush();
      expect(await validate(token)).toMatchObject({ active: false, reason: "idle_timeout" });
      expect(await refreshing(client, body.refresh_token ?? "")).toMatchObject({ status: 400 });
      await db().grantActivity.update({ where: { grantId }, data: { lastUsedAt: before(500) } });
      expect(await validate(token)).toMatchObject({ decision: "allow" });
    },
  );

  it("says no later end than its grant's, for those who read the token alone", async () => {
    const client = await makeClient();
    const ask = { resource: its.server.resource, scope: "tickets:read" };
    const { body } = await connect(its.browser, issuer(), client, ask, ["tickets:read"]);
    const grantId = decodeJwt(body.access_token ?? "").grant as string;
    const expiresAt = new Date(Math.ceil(Date.now() / 1000 + 60) * 1000);
    await db().$executeRaw`ALTER TABLE oauth_grant DISABLE TRIGGER oauth_grant_refuse_rewriting`;
    await db().oauthGrant.update({ where: { id: grantId }, data: { expiresAt } });
    await db().$executeRaw`ALTER TABLE oauth_grant ENABLE TRIGGER oauth_grant_refuse_rewriting`;
    const { body: next } = await refreshing(client, body.refresh_token ?? "");
    const { exp = Infinity, iat = 0 } = decodeJwt(next.access_token ?? "");
    expect(exp).toBeLessThanOrEqual(expiresAt.getTime() / 1000);
    expect(exp - iat).toBe(next.expires_in);
    expect(next.expires_in).toBeGreaterThan(50);
  });

  it("loses at once what the person's roles lose", async () => {
    const { server, person, role, key, browser } = await company();
    const client = await makeClient();
    const ask = { resource: server.resource, scope: "tickets:read" };
    const { body } = await connect(browser, issuer(), client, ask, ["tickets:read"]);
    expect(await validate(body.access_token ?? "", undefined, key.secret)).toMatchObject({ active: true });
    await db().personRole.deleteMany({ where: { personId: person.id, roleId: role.id } });
    expect(await validate(body.access_token ?? "", undefined, key.secret)).toMatchObject({
      active: false,
      reason: "role_missing",
    });
  });
});

describe("refreshing", () => {
  it("gives a hundred parallel requests of one token the same successor, and ends nothing", async () => {
    const client = await makeClient();
    const { body } = await connect(
      its.browser,
      issuer(),
      client,
      { resource: its.server.resource, scope: "tickets:read" },
      ["tickets:read"],
    );
    const answers = await Promise.all(Array.from({ length: 100 }, () => refreshing(client, body.refresh_token ?? "")));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 100 }, () => 200));
    expect(new Set(answers.map((answer) => answer.body.refresh_token)).size).toBe(1);
    expect(new Set(answers.map((answer) => answer.body.access_token)).size).toBe(100);
    const next = await refreshing(client, answers[0]?.body.refresh_token ?? "");
    expect(next.status).toBe(200);
    expect(await validate(next.body.access_token ?? "")).toMatchObject({ active: true });
  });

  it("takes a stolen older token as the end of the whole grant, with an entry", async () => {
    const client = await makeClient();
    const { body } = await connect(
      its.browser,
      issuer(),
      client,
      { resource: its.server.resource, scope: "tickets:read" },
      ["tickets:read"],
    );
    const second = await refreshing(client, body.refresh_token ?? "");
    const third = await refreshing(client, second.body.refresh_token ?? "");
    expect(third.status).toBe(200);
    const before = await lastIdx();
    expect(await refreshing(client, body.refresh_token ?? "")).toMatchObject({
      status: 400,
      body: { error: "invalid_grant" },
    });
    expect(await validate(third.body.access_token ?? "")).toMatchObject({ active: false, reason: "revoked" });
    expect(await refreshing(client, third.body.refresh_token ?? "")).toMatchObject({ status: 400 });
    const actions = (await entriesSince(before)).map(({ action }) => action);
    expect(actions.slice(0, 2)).toEqual(["oauth.reuse", "grant.revoke"]);
  });

  it("takes the token that was valid last as stolen too, once the grace is over", async () => {
    const client = await makeClient();
    const { body } = await connect(
      its.browser,
      issuer(),
      client,
      { resource: its.server.resource, scope: "tickets:read" },
      ["tickets:read"],
    );
    const second = await refreshing(client, body.refresh_token ?? "");
    await db().refreshToken.updateMany({
      where: { rotatedAt: { not: null } },
      data: { rotatedAt: new Date(Date.now() - 31_000) },
    });
    expect(await refreshing(client, body.refresh_token ?? "")).toMatchObject({ status: 400 });
    expect(await validate(second.body.access_token ?? "")).toMatchObject({ active: false, reason: "revoked" });
  });

  it("gives fewer scopes where fewer are asked for, and never more", async () => {
    const client = await makeClient();
    const both = ["tickets:read", "tickets:write"];
    const { body } = await connect(
      its.browser,
      issuer(),
      client,
      { resource: its.server.resource, scope: both.join(" ") },
      both,
    );
    const less = await askToken(reach, {
      grant_type: "refresh_token",
      client_id: client.clientId,
      refresh_token: body.refresh_token ?? "",
      scope: "tickets:read",
    });
    expect(less.body.scope).toBe("tickets:read");
    const more = await askToken(reach, {
      grant_type: "refresh_token",
      client_id: client.clientId,
      refresh_token: less.body.refresh_token ?? "",
      scope: "tickets:read tickets:admin",
    });
    expect(more).toMatchObject({ status: 400, body: { error: "invalid_scope" } });
  });
});

describe("client credentials", () => {
  const basic = (client: { clientId: string; secret: string | null }) => ({
    authorization: `Basic ${Buffer.from(`${client.clientId}:${client.secret ?? ""}`).toString("base64")}`,
  });

  it("give a machine what its own roles give, and no refresh token", async () => {
    const client = await makeClient({ kind: "machine", authMethod: "client_secret_basic" });
    await db().agentRole.create({ data: { agentId: client.agentId, roleId: its.role.id, assignedBy: "test" } });
    const form = { grant_type: "client_credentials", resource: its.server.resource, scope: "tickets:write" };
    const answer = await askToken(reach, form, basic(client));
    expect(answer).toMatchObject({ status: 200, body: { scope: "tickets:write" } });
    expect(answer.body.refresh_token).toBeUndefined();
    expect(await validate(answer.body.access_token ?? "", "close_ticket")).toMatchObject({
      decision: "allow",
      person: null,
      agent: { id: client.agentId },
    });
  });

  it("give a machine that asks for all there is what its roles give of it, and one whose roles give nothing of it nothing", async () => {
    const client = await makeClient({ kind: "machine", authMethod: "client_secret_basic" });
    const reader = await makeRole([its.server.id], ["tickets:read"]);
    const form = { grant_type: "client_credentials", resource: its.server.resource };
    const all = { ...form, scope: "tickets:read tickets:write" };
    expect(await askToken(reach, all, basic(client))).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
    await db().agentRole.create({ data: { agentId: client.agentId, roleId: reader.id, assignedBy: "test" } });
    const answer = await askToken(reach, all, basic(client));
    expect(answer).toMatchObject({ status: 200, body: { scope: "tickets:read" } });
    const token = answer.body.access_token ?? "";
    expect(await validate(token, "list_tickets")).toMatchObject({ decision: "allow", scopes: ["tickets:read"] });
    expect(await validate(token, "close_ticket")).toMatchObject({ decision: "deny", reason: "insufficient_scope" });
    const beyond = { ...form, scope: "tickets:write" };
    expect(await askToken(reach, beyond, basic(client))).toMatchObject({
      status: 400,
      body: { error: "invalid_grant" },
    });
  });

  it("take a secret that is overdue until the policy refuses it, with the reason in the log and not in the answer", async () => {
    const client = await makeClient({ kind: "machine", authMethod: "client_secret_basic" });
    await db().agentRole.create({ data: { agentId: client.agentId, roleId: its.role.id, assignedBy: "test" } });
    const createdAt = new Date(Date.now() - 91 * 86_400_000);
    await db().clientSecret.updateMany({ where: { agentId: client.agentId }, data: { createdAt } });
    const form = { grant_type: "client_credentials", resource: its.server.resource, scope: "tickets:read" };
    const ask = () => askToken(reach, form, basic(client));
    expect(await ask()).toMatchObject({ status: 200 });
    await updatePolicy(systemCtx(), { refuseOverdueSecrets: true });
    try {
      const { result, entries } = await observe(ask);
      expect(result).toMatchObject({ status: 401, body: { error: "invalid_client" } });
      expect(JSON.stringify(result?.body)).not.toContain("overdue");
      const why = "the client secret is overdue: it must be replaced";
      expect(entries).toMatchObject([
        { action: "oauth.refuse", reason: "invalid_client", targetId: client.agentId, body: { details: { why } } },
      ]);
      await db().clientSecret.updateMany({ where: { agentId: client.agentId }, data: { createdAt: new Date() } });
      expect(await ask()).toMatchObject({ status: 200 });
    } finally {
      await updatePolicy(systemCtx(), { refuseOverdueSecrets: false });
    }
  });

  it("are refused with a wrong secret, a revoked one, and scopes that no role gives", async () => {
    const client = await makeClient({ kind: "machine", authMethod: "client_secret_basic" });
    const form = { grant_type: "client_credentials", resource: its.server.resource, scope: "tickets:read" };
    expect(await askToken(reach, form, basic({ ...client, secret: "wrong" }))).toMatchObject({
      status: 401,
      body: { error: "invalid_client" },
    });
    expect(await askToken(reach, form, basic(client))).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
    await db().clientSecret.updateMany({ where: { agentId: client.agentId }, data: { revokedAt: new Date() } });
    expect(await askToken(reach, form, basic(client))).toMatchObject({ status: 401 });
  });
});

describe("the life of an access token", () => {
  it("is as long as its server says, by each grant; what the server says later counts from the next refresh on", async () => {
    const { server, role, browser } = await company();
    const live = (accessTokenSeconds: number, accessTokenFormat: "jwt" | "opaque" = "jwt") =>
      db().mcpServer.update({ where: { id: server.id }, data: { accessTokenSeconds, accessTokenFormat } });
    await live(60);
    const client = await makeClient();
    const resource = { resource: server.resource, scope: "tickets:read" };
    const first = await connect(browser, issuer(), client, resource, ["tickets:read"]);
    expect(first.body.expires_in).toBe(60);
    const { iat = 0, exp = 0, jti } = decodeJwt(first.body.access_token ?? "");
    expect(exp - iat).toBe(60);
    const row = await db().accessToken.findUniqueOrThrow({ where: { id: String(jti) } });
    expect(row.expiresAt.getTime()).toBe(exp * 1000);
    await live(7200, "opaque");
    const second = await refreshing(client, first.body.refresh_token ?? "");
    expect(second.body.expires_in).toBe(7200);
    const machine = await makeClient({ kind: "machine", authMethod: "client_secret_post" });
    await db().agentRole.create({ data: { agentId: machine.agentId, roleId: role.id, assignedBy: "test" } });
    const own = await askToken(reach, {
      grant_type: "client_credentials",
      client_id: machine.clientId,
      client_secret: machine.secret ?? "",
      ...resource,
    });
    expect(own.body.expires_in).toBe(7200);
  });
});

describe("the metadata", () => {
  it("is the same at both places, with what clients look for, and open to any page", async () => {
    for (const path of ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"]) {
      const answer = await reach(path, { headers: { origin: "https://inspector.example" } });
      expect(answer.headers.get("access-control-allow-origin")).toBe("https://inspector.example");
      expect(await answer.json()).toMatchObject({
        issuer: issuer(),
        authorization_endpoint: `${issuer()}/oauth/authorize`,
        token_endpoint: `${issuer()}/oauth/token`,
        jwks_uri: `${issuer()}/oauth/jwks`,
        registration_endpoint: `${issuer()}/oauth/register`,
        code_challenge_methods_supported: ["S256"],
        response_types_supported: ["code"],
        client_id_metadata_document_supported: true,
        authorization_response_iss_parameter_supported: true,
      });
    }
  });

  it("publishes the keys, and nothing private of them", async () => {
    const { keys } = (await (await reach("/oauth/jwks")).json()) as { keys: Record<string, unknown>[] };
    expect(keys).toHaveLength(1);
    expect(keys[0]).toMatchObject({ kty: "EC", crv: "P-256", alg: "ES256", use: "sig" });
    expect(keys[0]).not.toHaveProperty("d");
  });
});

describe("dynamic registration", () => {
  const register = async (metadata: object) => {
    const answer = await reach("/oauth/register", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(metadata),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };

  it("lets a client in that redirects to its own machine, on any port, and it can connect", async () => {
    const { status, body } = await register({
      client_name: "CLI",
      redirect_uris: ["http://127.0.0.1/callback"],
      token_endpoint_auth_method: "none",
      application_type: "web",
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      token_endpoint_auth_method: "none",
      application_type: "native",
      grant_types: ["authorization_code", "refresh_token"],
    });
    expect(body).not.toHaveProperty("client_secret");
    const client = { clientId: String(body.client_id) };
    const answer = await connect(
      its.browser,
      issuer(),
      client,
      { resource: its.server.resource, scope: "tickets:read" },
      ["tickets:read"],
    );
    expect(answer.status).toBe(200);
  });

  it("takes app schemes on the list, refuses what a browser would run, and places that are not listed", async () => {
    expect((await register({ redirect_uris: ["cursor://anysphere.cursor-mcp/oauth/callback"] })).status).toBe(201);
    for (const uri of [
      "javascript:alert(1)",
      "data:text/html,x",
      "http://example.com/cb",
      "https://a.example/cb#x",
      "https://u:p@a.example/cb",
    ])
      expect(await register({ redirect_uris: [uri] })).toMatchObject({
        status: 400,
        body: { error: "invalid_redirect_uri" },
      });
    expect(await register({ redirect_uris: ["https://unlisted.example/cb"] })).toMatchObject({
      status: 403,
      body: { error: "access_denied" },
    });
  });

  it("can be switched off, and a refusal is recorded", async () => {
    await db().instance.update({ where: { id: 1 }, data: { registration: "off" } });
    const before = await lastIdx();
    expect(await register({ redirect_uris: [CALLBACK] })).toMatchObject({ status: 403 });
    expect(await entriesSince(before)).toMatchObject([{ action: "client.register", outcome: "denied" }]);
    await db().instance.update({ where: { id: 1 }, data: { registration: "listed" } });
  });
});
