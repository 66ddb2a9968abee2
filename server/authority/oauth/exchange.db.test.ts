import { decodeJwt } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { newId } from "@/lib/id";
import { narrowGrant } from "@/lib/oauth/narrow-grant";
import { revokeGrant } from "@/lib/oauth/revoke-grant";
import { systemCtx } from "@/lib/testing/ctx";
import { entriesSince, lastIdx, observe, useTestDatabase } from "@/lib/testing/database";
import { makeToken } from "@/lib/testing/make-credentials";
import { revokeTokens } from "@/lib/token/revoke";
import { startCaching, stopCaching } from "@/lib/validate/fact-cache";
import { askToken, makeClient, type TokenAnswer } from "./testing/client";
import { makeCompany, type Company } from "./testing/company";
import { askValidate, basicOf, makeConnection } from "./testing/connection";
import { Holder } from "./testing/holder";
import { useListener } from "./testing/listener";

const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";

useTestDatabase();
const { reach, issuer } = useListener();
type Client = Awaited<ReturnType<typeof makeClient>>;
let its: Company;
/** May exchange tokens, and has no consent of anybody. */
let worker: Client;
const makeWorker = () =>
  makeClient({ kind: "machine", authMethod: "client_secret_basic", grantTypes: ["client_credentials", EXCHANGE] });
beforeAll(async () => {
  its = await makeCompany(reach);
  worker = await makeWorker();
});

const exchange = (
  subject_token: string,
  more: Record<string, string> = {},
  client = worker,
  headers: Record<string, string> = {},
): Promise<TokenAnswer> =>
  askToken(
    reach,
    { grant_type: EXCHANGE, subject_token, subject_token_type: ACCESS_TOKEN, ...more },
    { ...basicOf(client), ...headers },
  );
const validate = (token: string, tool?: string) => askValidate(reach, its, { token, tool });
const tools = (...names: string[]) => JSON.stringify([{ type: "mcp_tools", tools: names }]);
async function exchanged(subject: string, more: Record<string, string> = {}, client = worker): Promise<string> {
  const { body } = await exchange(subject, more, client);
  if (!body.access_token) throw new Error(JSON.stringify(body));
  return body.access_token;
}

describe("token exchange", () => {
  it("gives a sub-agent fewer scopes of the same person's grant, names both, and records it", async () => {
    const { client, accessToken } = await makeConnection(issuer(), its);
    const before = await lastIdx();
    const { status, body } = await exchange(accessToken, { scope: "tickets:read", resource: its.server.resource });
    expect(status).toBe(200);
    expect(body).toMatchObject({ issued_token_type: ACCESS_TOKEN, token_type: "Bearer", scope: "tickets:read" });
    expect(body).not.toHaveProperty("refresh_token");
    const token = body.access_token ?? "";
    expect(decodeJwt(token)).toMatchObject({
      aud: its.server.resource,
      sub: its.person.id,
      client_id: worker.clientId,
      scope: "tickets:read",
      grant: decodeJwt(accessToken).grant,
      act: { sub: worker.clientId, act: { sub: client.clientId } },
    });
    expect(await entriesSince(before)).toMatchObject([
      {
        action: "oauth.exchange",
        outcome: "success",
        body: {
          person: { id: its.person.id },
          details: { exchangedFor: decodeJwt(accessToken).jti, actors: [worker.clientId, client.clientId] },
        },
      },
    ]);
    expect(await validate(token, "list_tickets")).toMatchObject({
      decision: "allow",
      person: { id: its.person.id },
      agent: { id: worker.agentId },
      scopes: ["tickets:read"],
    });
    const last = (await entriesSince(before)).at(-1);
    expect(last?.body.credential).toMatchObject({ kind: "oauth", actors: [worker.clientId, client.clientId] });
    expect(await validate(token, "close_ticket")).toMatchObject({ reason: "insufficient_scope" });
    expect(await validate(accessToken, "close_ticket")).toMatchObject({ decision: "allow" });
  });

  it("gives all of it where nothing less is asked for, and never longer than it lasts", async () => {
    const company = await makeCompany(reach);
    const tokensLive = (accessTokenSeconds: number) =>
      db().mcpServer.update({ where: { id: company.server.id }, data: { accessTokenSeconds } });
    await tokensLive(60);
    const { accessToken } = await makeConnection(issuer(), company);
    await tokensLive(3600);
    const { body } = await exchange(accessToken);
    expect(body.scope).toBe("tickets:read tickets:write");
    expect(body.expires_in).toBeLessThanOrEqual(60);
    expect(decodeJwt(body.access_token ?? "").exp).toBeLessThanOrEqual(decodeJwt(accessToken).exp ?? 0);
    const row = (token: string) =>
      db().accessToken.findUniqueOrThrow({ where: { id: String(decodeJwt(token).jti) }, select: { expiresAt: true } });
    const [child, parent] = [await row(body.access_token ?? ""), await row(accessToken)];
    expect(child.expiresAt.getTime()).toBeLessThanOrEqual(parent.expiresAt.getTime());
  });

  it("gives a shorter life where one is asked for, for itself and what comes of it, and no longer one than there is", async () => {
    const { accessToken } = await makeConnection(issuer(), its);
    const { body } = await exchange(accessToken, { expires_in: "60" });
    expect(body.expires_in).toBe(60);
    const { iat = 0, exp = 0 } = decodeJwt(body.access_token ?? "");
    expect(exp - iat).toBe(60);
    for (const expires_in of ["3600", "999999999"]) {
      const again = await exchange(body.access_token ?? "", { expires_in });
      expect(decodeJwt(again.body.access_token ?? "").exp).toBeLessThanOrEqual(exp);
      expect(again.body.expires_in).toBeLessThanOrEqual(60);
    }
  });

  it.each(["0", "-60", "1.5", "soon", "1e3", "9999999999"])("refuses a life of %j seconds", async (expires_in) => {
    const { accessToken } = await makeConnection(issuer(), its);
    const answer = await exchange(accessToken, { expires_in });
    expect(answer).toMatchObject({ status: 400, body: { error: "invalid_request" } });
  });

  it("gives fewer tools, and never more than there were", async () => {
    const { accessToken } = await makeConnection(issuer(), its);
    const resource = its.server.resource;
    const one = await exchanged(accessToken, { resource, authorization_details: tools("list_tickets") });
    expect(decodeJwt(one).authorization_details).toEqual([{ type: "mcp_tools", tools: ["list_tickets"] }]);
    expect(await validate(one, "list_tickets")).toMatchObject({ decision: "allow" });
    expect(await validate(one, "close_ticket")).toMatchObject({ decision: "deny" });
    expect(await validate(await exchanged(one), "close_ticket")).toMatchObject({ decision: "deny" });
    const more = await exchange(one, { resource, authorization_details: tools("list_tickets", "close_ticket") });
    expect(more).toMatchObject({ status: 400, body: { error: "invalid_authorization_details" } });
  });

  it("refuses wider scopes, another server, and what is not an access token for one", async () => {
    const { accessToken } = await makeConnection(issuer(), its, undefined, ["tickets:read"]);
    const other = await makeCompany(reach);
    for (const [more, error] of [
      [{ scope: "tickets:read tickets:write" }, "invalid_scope"],
      [{ scope: "tickets:admin" }, "invalid_scope"],
      [{ scope: "openid" }, "invalid_scope"],
      [{ scope: "offline_access" }, "invalid_scope"],
      [{ resource: other.server.resource }, "invalid_target"],
      [{ audience: other.server.resource }, "invalid_target"],
      [{ audience: "nobody" }, "invalid_target"],
      [{ requested_token_type: "urn:ietf:params:oauth:token-type:refresh_token" }, "invalid_request"],
      [{ subject_token_type: "urn:ietf:params:oauth:token-type:id_token" }, "invalid_request"],
      [{ subject_token_type: "" }, "invalid_request"],
      [{ actor_token: accessToken, actor_token_type: ACCESS_TOKEN }, "invalid_request"],
      [{ subject_token: "" }, "invalid_request"],
      [{ authorization_details: "[{}]", resource: its.server.resource }, "invalid_authorization_details"],
    ] as const)
      expect(await exchange(accessToken, more)).toMatchObject({ status: 400, body: { error } });
    expect((await exchange(accessToken, { audience: its.server.resource })).status).toBe(200);
  });

  it("refuses, with an entry, what is no access token of ours, or has ended", async () => {
    const { accessToken, refreshToken } = await makeConnection(issuer(), its);
    const fixed = await makeToken({ personId: its.person.id, roleId: its.role.id, serverIds: [its.server.id] });
    const [head, , signature] = accessToken.split(".");
    const forged = [head, Buffer.from(JSON.stringify({ ...decodeJwt(accessToken), scope: "tickets:admin" })).toString("base64url"), signature].join("."); // prettier-ignore
    const { accessToken: ended } = await makeConnection(issuer(), its);
    await revokeGrant(systemCtx(), { id: String(decodeJwt(ended).grant), urgent: false });
    const { accessToken: revoked } = await makeConnection(issuer(), its);
    await db().accessToken.update({
      where: { id: String(decodeJwt(revoked).jti) },
      data: { revokedAt: new Date(), revokedReason: "test" },
    });
    for (const token of [refreshToken, fixed.secret, forged, ended, revoked, its.key.secret, "x", "eyJ.eyJ.x", "x\0"]) {
      const { result, entries } = await observe(() => exchange(token));
      expect(result).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
      expect(entries).toMatchObject([{ action: expect.stringMatching(/^oauth\./) as string, outcome: "denied" }, ...entries.slice(1)]); // prettier-ignore
    }
  });

  it("is for clients that an admin lets, and that prove who they are", async () => {
    const { client, accessToken } = await makeConnection(issuer(), its);
    const without = await makeClient({ kind: "machine", authMethod: "client_secret_basic" });
    expect(await exchange(accessToken, {}, without)).toMatchObject({ status: 400, body: { error: "invalid_request" } });
    expect((await exchange(accessToken, {}, { ...worker, secret: "wrong" })).status).toBe(401);
    const anonymous = { grant_type: EXCHANGE, subject_token: accessToken, subject_token_type: ACCESS_TOKEN };
    expect((await askToken(reach, anonymous)).status).toBe(400);
    expect((await askToken(reach, { ...anonymous, client_id: worker.clientId })).status).toBe(401);
    expect((await askToken(reach, { ...anonymous, client_id: client.clientId })).status).toBe(400);
  });

  it("refuses the sixth agent in a chain", async () => {
    let { accessToken } = await makeConnection(issuer(), its);
    for (const _turn of [1, 2, 3, 4, 5]) accessToken = await exchanged(accessToken);
    expect(await validate(accessToken)).toMatchObject({ active: true });
    expect(await exchange(accessToken)).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
  });

  it("hands no token on that is bound to a key, but to who holds it", async () => {
    const { accessToken } = await makeConnection(issuer(), its);
    const [holder, thief] = [await Holder.make(), await Holder.make()];
    const proof = async (by: Holder) => ({ dpop: await by.prove({ method: "POST", url: `${issuer()}/oauth/token` }) });
    const first = await exchange(accessToken, {}, worker, await proof(holder));
    expect(first.body.token_type).toBe("DPoP");
    const bound = first.body.access_token ?? "";
    for (const headers of [{}, await proof(thief)])
      expect(await exchange(bound, {}, worker, headers)).toMatchObject({ body: { error: "invalid_grant" } });
    const same = await proof(holder);
    expect((await exchange(bound, {}, worker, same)).body.token_type).toBe("DPoP");
    expect((await exchange(bound, {}, worker, same)).status).toBe(400);
  });

  it("lets a machine hand on what it has in its own name to itself alone", async () => {
    const other = await makeWorker();
    await db().agentRole.create({ data: { agentId: worker.agentId, roleId: its.role.id, assignedBy: "test" } });
    const { body } = await askToken(
      reach,
      {
        grant_type: "client_credentials",
        resource: its.server.resource,
        scope: "tickets:read tickets:write",
      },
      basicOf(worker),
    );
    const own = body.access_token ?? "";
    expect(await exchange(own, {}, other)).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
    const less = await exchanged(own, { scope: "tickets:read" });
    expect(await validate(less, "list_tickets")).toMatchObject({ decision: "allow", person: null });
    expect(await validate(less, "close_ticket")).toMatchObject({ decision: "deny" });
  });
});

describe("what was exchanged", () => {
  /** Of three: the person's own agent, and two that act through it. */
  async function chain() {
    const { client, accessToken, refreshToken } = await makeConnection(issuer(), its);
    const [second, third] = [await makeWorker(), await makeWorker()];
    const child = await exchanged(accessToken, {}, second);
    const grandchild = await exchanged(child, {}, third);
    return { agents: [client, second, third] as const, line: [accessToken, child, grandchild] as const, refreshToken };
  }
  const states = async (line: readonly string[]) => Promise.all(line.map(async (token) => (await validate(token)).active)); // prettier-ignore

  it("dies with what it was exchanged from, with the grant, and with any agent in between, cached or not", async () => {
    startCaching(process.env.DATABASE_URL ?? "");
    try {
      const byToken = await chain();
      expect(await states(byToken.line)).toEqual([true, true, true]);
      const form = new URLSearchParams({ token: byToken.line[1] }).toString();
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      expect((await reach("/oauth/revoke", { method: "POST", headers, body: form })).status).toBe(200);
      expect(await states(byToken.line)).toEqual([true, false, false]);

      const byGrant = await chain();
      expect(await states(byGrant.line)).toEqual([true, true, true]);
      await revokeGrant(systemCtx(), { id: String(decodeJwt(byGrant.line[0]).grant), urgent: false });
      expect(await states(byGrant.line)).toEqual([false, false, false]);

      const byAgent = await chain();
      expect(await states(byAgent.line)).toEqual([true, true, true]);
      const { revoked } = await revokeTokens(systemCtx(), {
        by: "agents",
        id: byAgent.agents[1].agentId,
        urgent: false,
      });
      expect(revoked).toBe(1);
      expect(await states(byAgent.line)).toEqual([true, false, false]);

      const suspended = await chain();
      expect(await states(suspended.line)).toEqual([true, true, true]);
      await db().agent.update({
        where: { id: suspended.agents[1].agentId },
        data: { status: "suspended", suspendedAt: new Date() },
      });
      await expect.poll(() => states(suspended.line), { timeout: 10_000 }).toEqual([true, false, false]);
      expect(await validate(suspended.line[2])).toMatchObject({ reason: "agent_suspended" });
      expect(await exchange(suspended.line[2])).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
    } finally {
      await stopCaching();
    }
  });

  it("is never missed by who ends its parent while it is made", async () => {
    for (const _turn of [1, 2, 3]) {
      const { accessToken } = await makeConnection(issuer(), its);
      const headers = { "content-type": "application/x-www-form-urlencoded" };
      const [made] = await Promise.all([
        Promise.all(Array.from({ length: 6 }, () => exchange(accessToken))),
        reach("/oauth/revoke", {
          method: "POST",
          headers,
          body: new URLSearchParams({ token: accessToken }).toString(),
        }),
      ]);
      const children = made.flatMap(({ body }) => (body.access_token ? [body.access_token] : []));
      expect(await states(children)).toEqual(children.map(() => false));
      const rows = await db().accessToken.findMany({ where: { parentId: String(decodeJwt(accessToken).jti) } });
      expect(rows.every(({ revokedAt }) => revokedAt !== null)).toBe(true);
      expect(rows).toHaveLength(children.length);
    }
  });

  it("is for what is left of the grant, where scopes were taken out of it since", async () => {
    const { accessToken } = await makeConnection(issuer(), its);
    const { grant: id } = decodeJwt(accessToken) as { grant: string };
    await narrowGrant(systemCtx(), { id, removeScopes: ["tickets:write"] });
    expect((await exchange(accessToken)).body.scope).toBe("tickets:read");
    expect(await exchange(accessToken, { scope: "tickets:write" })).toMatchObject({ body: { error: "invalid_scope" } });
  });

  it("is out with the agent that it was exchanged from, and that is exchanged no more", async () => {
    const { agents, line } = await chain();
    await db().agent.update({ where: { id: agents[0].agentId }, data: { origin: "dynamic" } });
    await db().instance.update({ where: { id: 1 }, data: { approveClients: true } });
    try {
      for (const token of line) expect(await validate(token)).toMatchObject({ reason: "approval_required" });
      const { result, entries } = await observe(() => exchange(line[0]));
      expect(result).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
      expect(entries).toMatchObject([{ action: "oauth.exchange", outcome: "denied" }, { action: "oauth.refuse" }]);
    } finally {
      await db().instance.update({ where: { id: 1 }, data: { approveClients: false } });
    }
  });

  it("carries no scope that the admins have not agreed to for each of its agents", async () => {
    const company = await makeCompany(reach);
    const { client, accessToken } = await makeConnection(issuer(), company);
    const { write } = company.server.scopes;
    await db().scope.update({ where: { id: write.id }, data: { needsApproval: true } });
    const agree = (agentId: string) => {
      const whose = { agentId, personId: company.person.id, serverId: company.server.id };
      const decided = { state: "approved", decidedAt: new Date(), decidedBy: "test" } as const;
      return db().approval.create({
        data: { ...whose, ...decided, id: newId("approval"), scopes: [write.name], reason: "It files them." },
      });
    };
    const given = async () => {
      const { body } = await exchange(accessToken);
      expect(decodeJwt(body.access_token ?? "").scope).toBe(body.scope);
      return body.scope;
    };
    expect(await given()).toBe("tickets:read");
    expect(await exchange(accessToken, { scope: write.name })).toMatchObject({ body: { error: "invalid_scope" } });
    const { id: parents } = await agree(client.agentId);
    expect(await given()).toBe("tickets:read");
    await agree(worker.agentId);
    expect(await given()).toBe("tickets:read tickets:write");
    const child = await exchanged(accessToken);
    await db().approval.update({ where: { id: parents }, data: { expiresAt: new Date() } });
    expect(await askValidate(reach, company, { token: child })).toMatchObject({ scopes: ["tickets:read"] });
  });

  it("loses what the person's roles lose", async () => {
    const company = await makeCompany(reach);
    const { accessToken } = await makeConnection(issuer(), company);
    const child = await exchanged(accessToken);
    await db().personRole.deleteMany({ where: { personId: company.person.id } });
    expect(await askValidate(reach, company, { token: child })).toMatchObject({
      active: false,
      reason: "role_missing",
    });
  });
});
