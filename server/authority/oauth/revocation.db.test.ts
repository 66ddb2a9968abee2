import { decodeJwt } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { newId } from "@/lib/id";
import { hashCredential } from "@/lib/token/hash";
import { makeCredential } from "@/lib/token/format";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makeToken } from "@/lib/testing/make-credentials";
import { updatePolicy } from "@/lib/policy/update";
import { systemCtx } from "@/lib/testing/ctx";
import { askToken, makeClient } from "./testing/client";
import { makeCompany, type Company } from "./testing/company";
import { askValidate, basicOf, makeConnection } from "./testing/connection";
import { useListener } from "./testing/listener";

useTestDatabase();
const { reach, issuer } = useListener();
let its: Company;
beforeAll(async () => {
  its = await makeCompany(reach);
});

/** One request at the endpoint, and the entries that it left. */
async function revoke(form: Record<string, string>, headers: Record<string, string> = {}) {
  const { result, entries } = await observe(() =>
    reach("/oauth/revoke", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
      body: new URLSearchParams(form).toString(),
    }),
  );
  if (!result) throw new Error("no answer");
  return { status: result.status, headers: result.headers, text: await result.text(), entries };
}

const refreshing = (client: { clientId: string }, refresh_token: string) =>
  askToken(reach, { grant_type: "refresh_token", client_id: client.clientId, refresh_token });
const isActive = async (token: string) => (await askValidate(reach, its, { token })).active;

describe("POST /oauth/revoke", () => {
  it("ends the whole grant by a refresh token, with the client named in the form alone", async () => {
    const { client, accessToken, refreshToken } = await makeConnection(issuer(), its);
    const { status, text, entries } = await revoke({ token: refreshToken, client_id: client.clientId });
    expect([status, text]).toEqual([200, ""]);
    expect(entries).toMatchObject([
      {
        action: "grant.revoke",
        outcome: "success",
        targetId: decodeJwt(accessToken).grant,
        body: { actor: { kind: "agent", id: client.agentId } },
      },
    ]);
    expect(JSON.stringify(entries.map(({ body }) => body))).not.toContain(refreshToken.slice(7, 40));
    expect(await askValidate(reach, its, { token: accessToken })).toMatchObject({ active: false, reason: "revoked" });
    expect(await refreshing(client, refreshToken)).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
  });

  it("ends the grant by a refresh token that was exchanged before, too", async () => {
    const { client, refreshToken } = await makeConnection(issuer(), its);
    const { body } = await refreshing(client, refreshToken);
    expect((await revoke({ token: refreshToken })).status).toBe(200);
    expect(await isActive(body.access_token ?? "")).toBe(false);
  });

  it("ends an access token by itself: its grant goes on", async () => {
    const { client, accessToken, refreshToken } = await makeConnection(issuer(), its);
    const { status, entries } = await revoke({ token: accessToken, token_type_hint: "refresh_token" });
    expect(status).toBe(200);
    expect(entries).toMatchObject([
      { action: "token.revoke", outcome: "success", targetId: decodeJwt(accessToken).jti },
    ]);
    expect(JSON.stringify(entries.map(({ body }) => body))).not.toContain(accessToken.split(".")[2]);
    expect(await askValidate(reach, its, { token: accessToken })).toMatchObject({ active: false, reason: "revoked" });
    const { status: refreshed, body } = await refreshing(client, refreshToken);
    expect(refreshed).toBe(200);
    expect(await isActive(body.access_token ?? "")).toBe(true);
  });

  it("ends an opaque access token, and knows none that was altered", async () => {
    const company = await makeCompany(reach);
    await db().mcpServer.update({ where: { id: company.server.id }, data: { accessTokenFormat: "opaque" } });
    const { accessToken } = await makeConnection(issuer(), company);
    expect(accessToken).toMatch(/^gth_at_/);
    expect((await revoke({ token: `${accessToken.slice(0, -1)}_` })).entries).toMatchObject([{ reason: "malformed" }]);
    expect(await askValidate(reach, company, { token: accessToken })).toMatchObject({ active: true });
    expect((await revoke({ token: accessToken })).status).toBe(200);
    expect(await askValidate(reach, company, { token: accessToken })).toMatchObject({ reason: "revoked" });
  });

  it("ends with an access token what was exchanged from it, however long the chain", async () => {
    const { client, accessToken } = await makeConnection(issuer(), its);
    const parent = await db().accessToken.findUniqueOrThrow({ where: { id: String(decodeJwt(accessToken).jti) } });
    let parentId = parent.id;
    const line: string[] = [];
    for (const _generation of [1, 2, 3]) {
      const value = makeCredential("at");
      const id = newId("accessToken");
      await db().accessToken.create({
        data: { ...parent, id, hash: hashCredential(value).hash, format: "opaque", parentId, actors: [client.agentId] },
      });
      line.push(value);
      parentId = id;
    }
    for (const token of line) expect(await isActive(token)).toBe(true);
    const { entries } = await revoke({ token: line[0] ?? "" });
    expect(entries.map(({ action, outcome }) => [action, outcome])).toEqual(
      Array.from({ length: 3 }, () => ["token.revoke", "success"]),
    );
    for (const token of line) expect(await askValidate(reach, its, { token })).toMatchObject({ reason: "revoked" });
    expect(await isActive(accessToken)).toBe(true);
  });

  it("lets a client that shows its secret end its own, in the header or in the form", async () => {
    for (const authMethod of ["client_secret_basic", "client_secret_post"] as const) {
      const client = await makeClient({ kind: "machine", authMethod });
      await db().agentRole.create({ data: { agentId: client.agentId, roleId: its.role.id, assignedBy: "test" } });
      const shown: { form: Record<string, string>; headers: Record<string, string> } =
        authMethod === "client_secret_basic"
          ? { form: {}, headers: basicOf(client) }
          : { form: { client_id: client.clientId, client_secret: client.secret ?? "" }, headers: {} };
      const { body } = await askToken(
        reach,
        { grant_type: "client_credentials", resource: its.server.resource, ...shown.form },
        shown.headers,
      );
      expect(await isActive(body.access_token ?? "")).toBe(true);
      const { status, entries } = await revoke({ token: body.access_token ?? "", ...shown.form }, shown.headers);
      expect(status).toBe(200);
      expect(entries).toMatchObject([{ action: "token.revoke", outcome: "success", body: { actor: { id: client.agentId } } }]); // prettier-ignore
      expect(await isActive(body.access_token ?? "")).toBe(false);
    }
  });

  it("refuses a client's wrong secret, another method than its own, and both at once, and ends nothing", async () => {
    const client = await makeClient({ authMethod: "client_secret_basic" });
    const { accessToken } = await makeConnection(issuer(), its);
    const other = await makeClient({ authMethod: "client_secret_basic" });
    for (const secret of ["wrong", other.secret, makeCredential("cs"), ""]) {
      const { status, headers, text, entries } = await revoke({ token: accessToken }, basicOf({ ...client, secret }));
      expect(status).toBe(401);
      expect(headers.get("www-authenticate")).toMatch(/^Basic/);
      expect(JSON.parse(text)).toMatchObject({ error: "invalid_client" });
      expect(entries).toMatchObject([{ action: "oauth.refuse", outcome: "denied", reason: "invalid_client" }]);
    }
    const posted = { token: accessToken, client_id: client.clientId, client_secret: client.secret ?? "" };
    expect((await revoke(posted)).status).toBe(401);
    expect((await revoke({ ...posted, client_id: "nobody\0" })).status).toBe(401);
    expect((await revoke(posted, basicOf(client))).status).toBe(400);
    await db().agent.update({ where: { id: client.agentId }, data: { status: "suspended", suspendedAt: new Date() } });
    expect((await revoke({ token: accessToken }, basicOf(client))).status).toBe(401);
    expect(await isActive(accessToken)).toBe(true);
  });

  it("refuses a client's overdue secret where the policy does, with the reason in the log and not in the answer, and ends nothing", async () => {
    for (const authMethod of ["client_secret_basic", "client_secret_post"] as const) {
      const client = await makeClient({ kind: "machine", authMethod });
      await db().agentRole.create({ data: { agentId: client.agentId, roleId: its.role.id, assignedBy: "test" } });
      const posted = { client_id: client.clientId, client_secret: client.secret ?? "" };
      const [form, headers] = authMethod === "client_secret_basic" ? [{}, basicOf(client)] : [posted, {}];
      const { body } = await askToken(
        reach,
        { grant_type: "client_credentials", resource: its.server.resource, ...form },
        headers,
      );
      const token = body.access_token ?? "";
      const createdAt = new Date(Date.now() - 91 * 86_400_000);
      await db().clientSecret.updateMany({ where: { agentId: client.agentId }, data: { createdAt } });
      await updatePolicy(systemCtx(), { refuseOverdueSecrets: true });
      try {
        const { status, text, entries } = await revoke({ token, ...form }, headers);
        expect([status, JSON.parse(text)]).toMatchObject([401, { error: "invalid_client" }]);
        expect(text).not.toContain("overdue");
        const why = "the client secret is overdue: it must be replaced";
        expect(entries).toMatchObject([
          {
            ...{ action: "oauth.refuse", outcome: "denied", reason: "invalid_client" },
            body: { details: { endpoint: "revocation", why, clientId: client.clientId } },
          },
        ]);
        expect(await isActive(token)).toBe(true);
      } finally {
        await updatePolicy(systemCtx(), { refuseOverdueSecrets: false });
      }
      expect((await revoke({ token, ...form }, headers)).status).toBe(200);
      expect(await isActive(token)).toBe(false);
    }
  });

  it("refuses a client that shows its secret for another's token, of each kind, and ends nothing", async () => {
    const client = await makeClient({ authMethod: "client_secret_basic" });
    const { accessToken, refreshToken } = await makeConnection(issuer(), its);
    const mine = await makeToken({ personId: its.person.id, roleId: its.role.id, serverIds: [its.server.id] });
    for (const token of [accessToken, refreshToken, mine.secret]) {
      const { status, text, entries } = await revoke({ token }, basicOf(client));
      expect(status).toBe(400);
      expect(JSON.parse(text)).toMatchObject({ error: "invalid_request" });
      expect(entries).toMatchObject([{ action: "token.revoke", outcome: "denied", reason: "not_theirs" }]);
    }
    for (const token of [accessToken, mine.secret]) expect(await isActive(token)).toBe(true);
  });

  it("names the server that asked by its key, as bearer and as Basic", async () => {
    for (const headers of [
      { authorization: `Bearer ${its.key.secret}` },
      { authorization: `Basic ${Buffer.from(`${its.server.id}:${its.key.secret}`).toString("base64")}` },
    ]) {
      const { accessToken } = await makeConnection(issuer(), its);
      const { status, entries } = await revoke({ token: accessToken }, headers);
      expect(status).toBe(200);
      expect(entries).toMatchObject([{ action: "token.revoke", body: { actor: { kind: "server", id: its.server.id } } }]); // prettier-ignore
    }
  });

  it("answers 200 to what is no token of ours or has ended, says nothing more, and records it", async () => {
    const { accessToken, refreshToken } = await makeConnection(issuer(), its);
    const [head = "", payload = "", signature = ""] = accessToken.split(".");
    const forged = `${head}.${Buffer.from(JSON.stringify({ ...decodeJwt(accessToken), sub: "per_x" })).toString("base64url")}.${signature}`;
    const unsigned = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString("base64url")}.${payload}.`;
    const secret = (await makeClient({ authMethod: "client_secret_basic" })).secret ?? "";
    for (const [token, reason] of [
      [makeCredential("rt"), "unknown_token"],
      [makeCredential("at"), "unknown_token"],
      [secret, "unknown_token"],
      [forged, "unknown_token"],
      [unsigned, "malformed"],
      ["eyJ", "malformed"],
      ["x\0y", "malformed"],
    ] as const) {
      const { status, text, entries } = await revoke({ token });
      expect([status, text]).toEqual([200, ""]);
      expect(entries).toMatchObject([{ action: "token.revoke", outcome: "failure", reason }]);
    }
    expect(await isActive(accessToken)).toBe(true);
    for (const token of [accessToken, refreshToken]) {
      await revoke({ token });
      const { status, entries } = await revoke({ token });
      expect(status).toBe(200);
      expect(entries).toMatchObject([{ action: "token.revoke", outcome: "failure", reason: "ended_before" }]);
    }
  });

  it("may be asked from any page, also where it refuses", async () => {
    const preflight = await reach("/oauth/revoke", {
      method: "OPTIONS",
      headers: { origin: "https://inspector.example", "access-control-request-method": "POST" },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
    expect(preflight.headers.get("access-control-allow-headers")).toContain("authorization");
    for (const answer of [
      await revoke({ token: "x" }),
      await revoke({}),
      await revoke({ token: "x" }, basicOf({ clientId: "x", secret: "y" })),
    ])
      // prettier-ignore
      expect(answer.headers.get("access-control-allow-origin")).toBe("*");
  });

  it("refuses what is too long, given twice, or no form", async () => {
    expect((await revoke({ token: "x".repeat(17_000) })).status).toBe(413);
    const twice = await reach("/oauth/revoke", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: "token=a&token=b",
    });
    expect(twice.status).toBe(400);
    expect((await revoke({ token: "x" }, { "content-type": "application/json" })).status).toBe(415);
  });

  it("ends a grant once where twenty ask at the same moment", async () => {
    const { refreshToken, accessToken } = await makeConnection(issuer(), its);
    const { result, entries } = await observe(() =>
      Promise.all(Array.from({ length: 20 }, () => revoke({ token: refreshToken }))),
    );
    expect(result?.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect(entries.filter(({ outcome }) => outcome === "success")).toHaveLength(1);
    expect(await isActive(accessToken)).toBe(false);
  });
});

describe("POST /oauth/introspect", () => {
  it("takes no client's secret, due or not: servers ask there, with their keys", async () => {
    const client = await makeClient({ kind: "machine", authMethod: "client_secret_basic" });
    const { accessToken } = await makeConnection(issuer(), its);
    const ask = async (headers: Record<string, string>) => {
      const body = new URLSearchParams({ token: accessToken });
      return (await reach("/oauth/introspect", { method: "POST", headers, body })).status;
    };
    expect(await ask(basicOf(client))).toBe(401);
    expect(await ask({ authorization: `Bearer ${its.key.secret}` })).toBe(200);
  });
});
