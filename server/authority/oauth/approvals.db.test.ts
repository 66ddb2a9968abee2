import { decodeJwt } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import type { Ctx } from "@/lib/ctx";
import { systemPermissions } from "@/lib/authz/permissions";
import { db } from "@/lib/db";
import { newId } from "@/lib/id";
import { decideApproval, endApproval, listApprovals } from "@/lib/oauth/approvals";
import { askApproval } from "@/lib/oauth/consent";
import { STARTED_COOKIE } from "@/lib/oauth/interaction";
import { updateScope } from "@/lib/scope/update";
import { ctxOf, personCtx, systemCtx } from "@/lib/testing/ctx";
import { entriesSince, lastIdx, observe, useTestDatabase } from "@/lib/testing/database";
import { makeHolder, makePerson, makeRole, makeServer } from "@/lib/testing/make";
import { makeKey } from "@/lib/testing/make-credentials";
import { startCaching, stopCaching } from "@/lib/validate/fact-cache";
import { Browser } from "./testing/browser";
import { askToken, authorizeUrl, CALLBACK, connect, makeClient, pkce } from "./testing/client";
import { makeCompany } from "./testing/company";
import { makeConnection } from "./testing/connection";
import { useListener } from "./testing/listener";

useTestDatabase();
const { reach, issuer } = useListener();

async function company() {
  const server = await makeServer();
  const role = await makeRole([server.id], ["tickets:*"]);
  const person = await makeHolder(role.id);
  const admin = await makePerson({ consoleRole: "admin" });
  const key = await makeKey(server.id);
  return { server, person, admin, key, browser: await new Browser(reach, person).signIn() };
}
let its: Awaited<ReturnType<typeof company>>;
beforeAll(async () => {
  its = await company();
});

async function validate(token: string): Promise<Record<string, unknown>> {
  const answer = await reach("/api/v1/validate", {
    method: "POST",
    headers: { authorization: `Bearer ${its.key.secret}`, "content-type": "application/json" },
    body: JSON.stringify({ token }),
  });
  return (await answer.json()) as Record<string, unknown>;
}

const begin = (client: { clientId: string }) =>
  its.browser.open(
    authorizeUrl(issuer(), {
      client_id: client.clientId,
      redirect_uri: CALLBACK,
      code_challenge: pkce().challenge,
      resource: its.server.resource,
      scope: "tickets:read tickets:write",
    }),
  );
const ask = (uid: string) =>
  askApproval(its.browser.ctx, { uid, startedHere: its.browser.cookie(STARTED_COOKIE), reason: "For the migration." });
const both = ["tickets:read", "tickets:write"];

describe("a scope that needs an admin's agreement", () => {
  beforeAll(() => db().scope.update({ where: { id: its.server.scopes.write.id }, data: { needsApproval: true } }));

  it("is given only when an admin has agreed, and works only as long as that counts", async () => {
    const client = await makeClient();
    const uid = await begin(client);
    const before = await lastIdx();
    await expect(its.browser.allow(uid, both)).rejects.toMatchObject({ code: "approval_required" });
    const { id } = await ask(uid);
    await expect(ask(uid)).rejects.toMatchObject({ code: "approval_pending" });
    expect(await listApprovals(personCtx(its.admin), { limit: 10, state: "pending" })).toMatchObject({
      items: [{ id, client: false, scopes: ["tickets:write"], reason: "For the migration.", inForce: false }],
    });
    await decideApproval(personCtx(its.admin), { approvalId: id, decision: "approve" });
    const request = { resource: its.server.resource, scope: both.join(" ") };
    const { body } = await connect(its.browser, issuer(), client, request, both);
    expect(await validate(body.access_token ?? "")).toMatchObject({ scopes: both });
    await endApproval(systemCtx(), { approvalId: id });
    expect(await validate(body.access_token ?? "")).toMatchObject({ decision: "allow", scopes: ["tickets:read"] });
    const actions = (await entriesSince(before)).map(({ action, outcome }) => `${action} ${outcome}`);
    expect(actions).toEqual([
      "grant.give denied",
      "approval.ask success",
      "approval.decide success",
      "grant.give success",
      "oauth.issue success",
      "token.validate allow",
      "approval.end success",
      "token.validate allow",
    ]);
  });

  it("ends by itself where the agreement has an end", async () => {
    const client = await makeClient();
    const { id } = await ask(await begin(client));
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    await decideApproval(personCtx(its.admin), { approvalId: id, decision: "approve", expiresAt });
    const request = { resource: its.server.resource, scope: both.join(" ") };
    const { body } = await connect(its.browser, issuer(), client, request, both);
    await db().approval.update({ where: { id }, data: { expiresAt: new Date(Date.now() + 300) } });
    expect(await validate(body.access_token ?? "")).toMatchObject({ scopes: both });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(await validate(body.access_token ?? "")).toMatchObject({ scopes: ["tickets:read"] });
  });

  it("is not agreed to by who asked, by a member, or twice", async () => {
    const client = await makeClient();
    const { id } = await ask(await begin(client));
    const input = { approvalId: id, decision: "approve" as const };
    await expect(decideApproval(personCtx(its.person), input)).rejects.toMatchObject({ code: "forbidden" });
    const self = personCtx({ id: its.person.id, consoleRole: "admin" });
    await expect(decideApproval(self, input)).rejects.toMatchObject({ code: "forbidden" });
    await decideApproval(personCtx(its.admin), { approvalId: id, decision: "refuse", note: "Not this one." });
    await expect(decideApproval(personCtx(its.admin), input)).rejects.toMatchObject({ code: "already_decided" });
    await expect(its.browser.allow(await begin(client), both)).rejects.toMatchObject({ code: "approval_required" });
    expect((await its.browser.allow(await begin(client), ["tickets:read"])).searchParams.get("code")).toBeTruthy();
  });
});

describe("what somebody asked themself", () => {
  /** Whether the list says that the reader may decide it. */
  const decidableTo = async (ctx: Ctx, id: string) =>
    (await listApprovals(ctx, { limit: 100 })).items.find((item) => item.id === id)?.decidable;

  async function asked() {
    const client = await makeClient();
    await db().scope.update({ where: { id: its.server.scopes.write.id }, data: { needsApproval: true } });
    const { id } = await ask(await begin(client));
    return { approvalId: id, decision: "approve" as const };
  }

  it("is not agreed to by an owner, nor through a token of theirs or of a machine of theirs, while somebody else could", async () => {
    const input = await asked();
    const { id: personId } = its.person;
    const machine = await makeClient({ kind: "machine", authMethod: "client_secret_basic" });
    await db().agent.update({ where: { id: machine.agentId }, data: { ownerId: personId } });
    const token = { kind: "token" as const, tokenId: "tok_own", name: "own", scopes: ["grants:write"], permissions: systemPermissions() }; // prettier-ignore
    for (const ctx of [
      personCtx({ id: personId, consoleRole: "owner" }),
      ctxOf({ ...token, personId, agentId: null }),
      ctxOf({ ...token, personId: null, agentId: machine.agentId }),
    ]) {
      await expect(decideApproval(ctx, input)).rejects.toMatchObject({ code: "forbidden" });
      expect(await decidableTo(ctx, input.approvalId), "what it is told").toBe(false);
    }
    expect(await decidableTo(personCtx(its.admin), input.approvalId)).toBe(true);
    expect(await decideApproval(personCtx(its.admin), input)).toMatchObject({ state: "approved" });
  });

  it("is agreed to by themself where nobody else may decide, and the entry says so", async () => {
    const input = await asked();
    const before = await lastIdx();
    const others = { consoleRole: { in: ["owner" as const, "admin" as const] }, id: { not: its.person.id } };
    const people = await db().person.findMany({ where: { ...others, status: "active" }, select: { id: true } });
    const everybodyElse = { id: { in: people.map(({ id }) => id) } };
    const suspended = { status: "suspended", suspendedAt: new Date() } as const;
    await db().person.update({ where: { id: its.person.id }, data: { consoleRole: "owner" } });
    await db().person.updateMany({ where: everybodyElse, data: suspended });
    try {
      const self = personCtx({ id: its.person.id, consoleRole: "owner" });
      expect(await decidableTo(self, input.approvalId)).toBe(true);
      await decideApproval(self, input);
    } finally {
      await db().person.updateMany({ where: everybodyElse, data: { status: "active", suspendedAt: null } });
    }
    const entry = (await entriesSince(before)).find(({ action }) => action === "approval.decide");
    expect(entry?.body).toMatchObject({ details: { by: "themself" } });
  });
});

describe("a refresh", () => {
  it("carries no scope that the roles, or the admins, no longer give, and gets it again when they do", async () => {
    const company = await makeCompany(reach);
    const { client, refreshToken } = await makeConnection(issuer(), company);
    let value = refreshToken;
    const refresh = async () => {
      const { status, body } = await askToken(reach, { grant_type: "refresh_token", client_id: client.clientId, refresh_token: value }); // prettier-ignore
      value = body.refresh_token ?? value;
      return {
        status,
        scope: body.scope,
        error: body.error,
        says: body.access_token && decodeJwt(body.access_token).scope,
      };
    };
    const read = { status: 200, scope: "tickets:read", says: "tickets:read" };
    const { write } = company.server.scopes;
    await db().scope.update({ where: { id: write.id }, data: { needsApproval: true } });
    expect(await refresh()).toMatchObject(read);
    await db().scope.update({ where: { id: write.id }, data: { needsApproval: false } });
    expect(await refresh()).toMatchObject({ status: 200, scope: "tickets:read tickets:write" });
    const lesser = await makeRole([company.server.id], ["tickets:read"]);
    const whose = { personId: company.person.id };
    await db().personRole.deleteMany({ where: whose });
    const { result, entries } = await observe(refresh);
    expect(result).toMatchObject({ status: 400, error: "invalid_grant" });
    expect(entries).toMatchObject([{ action: "oauth.refresh", outcome: "denied" }, { action: "oauth.refuse" }]);
    await db().personRole.create({ data: { ...whose, roleId: lesser.id, assignedBy: "test" } });
    expect(await refresh()).toMatchObject(read);
  });
});

describe("a scope that comes to need an admin's agreement", () => {
  it("is gone at once for agents that hold it without one, and back when none is asked any more", async () => {
    const { id: scopeId } = its.server.scopes.read;
    const request = { resource: its.server.resource, scope: "tickets:read" };
    const { body } = await connect(its.browser, issuer(), await makeClient(), request, ["tickets:read"]);
    const token = body.access_token ?? "";
    expect(await validate(token)).toMatchObject({ scopes: ["tickets:read"] });
    await updateScope(systemCtx(), { scopeId, needsApproval: true });
    expect(await validate(token)).toMatchObject({ scopes: [] });
    await updateScope(systemCtx(), { scopeId, needsApproval: false });
    await expect.poll(() => validate(token)).toMatchObject({ scopes: ["tickets:read"] });
  });
});

describe("a client that introduced itself", () => {
  const request = () => ({ resource: its.server.resource, scope: "tickets:read" });
  const refresh = (client: { clientId: string }, refresh_token = "") =>
    askToken(reach, { grant_type: "refresh_token", client_id: client.clientId, refresh_token });
  /** One that an admin has let in, and what the person then gave it. */
  async function letIn(expiresAt?: string) {
    await db().instance.update({ where: { id: 1 }, data: { approveClients: true } });
    const client = await makeClient();
    await db().agent.update({ where: { id: client.agentId }, data: { origin: "dynamic" } });
    const { id } = await ask(await begin(client));
    await decideApproval(personCtx(its.admin), { approvalId: id, decision: "approve", expiresAt });
    const { body } = await connect(its.browser, issuer(), client, request(), ["tickets:read"]);
    return { client, id, token: body.access_token ?? "", refreshToken: body.refresh_token ?? "" };
  }

  it("is in only until the agreement ends, with what it was given, cached or not, and for no new consent", async () => {
    startCaching(process.env.DATABASE_URL ?? "");
    try {
      const { client, id, token, refreshToken } = await letIn(new Date(Date.now() + 3_600_000).toISOString());
      await db().approval.update({ where: { id }, data: { expiresAt: new Date(Date.now() + 1_000) } });
      expect(await validate(token)).toMatchObject({ decision: "allow" });
      await expect.poll(() => validate(token)).toMatchObject({ decision: "deny", reason: "approval_required" });
      expect(await refresh(client, refreshToken)).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
      const uid = await begin(client);
      await expect(its.browser.allow(uid, ["tickets:read"])).rejects.toMatchObject({ code: "approval_required" });
    } finally {
      await stopCaching();
    }
  });

  it("stays in through another's agreement when one is taken back, and is out with the last", async () => {
    const { client, id, token, refreshToken } = await letIn();
    const other = await makePerson();
    const { agentId } = client;
    const data = { agentId, personId: other.id, serverId: its.server.id, scopes: [], client: true, reason: "Me too." };
    await db().approval.create({
      data: { ...data, id: newId("approval"), state: "approved", decidedAt: new Date(), decidedBy: its.admin.id },
    });
    await endApproval(systemCtx(), { approvalId: id });
    expect(await validate(token)).toMatchObject({ decision: "allow" });
    const { id: last } = await db().approval.findFirstOrThrow({ where: { agentId, personId: other.id } });
    await endApproval(systemCtx(), { approvalId: last });
    expect(await validate(token)).toMatchObject({ decision: "deny", reason: "approval_required" });
    const { result, entries } = await observe(() => refresh(client, refreshToken));
    expect(result).toMatchObject({ status: 400, body: { error: "invalid_grant" } });
    expect(entries).toMatchObject([{ action: "oauth.refresh", outcome: "denied" }, { action: "oauth.refuse" }]);
  });

  it("waits for an admin where the policy says so, and is out again when that is taken back", async () => {
    await db().instance.update({ where: { id: 1 }, data: { approveClients: true } });
    const client = await makeClient();
    await db().agent.update({ where: { id: client.agentId }, data: { origin: "dynamic" } });
    const uid = await begin(client);
    await expect(its.browser.allow(uid, ["tickets:read"])).rejects.toMatchObject({ code: "approval_required" });
    const { id } = await ask(uid);
    await decideApproval(personCtx(its.admin), { approvalId: id, decision: "approve" });
    const request = { resource: its.server.resource, scope: "tickets:read" };
    const { body } = await connect(its.browser, issuer(), client, request, ["tickets:read"]);
    expect(await validate(body.access_token ?? "")).toMatchObject({ decision: "allow" });
    await endApproval(systemCtx(), { approvalId: id });
    expect(await validate(body.access_token ?? "")).toMatchObject({
      active: true,
      decision: "deny",
      reason: "approval_required",
    });
    await db().instance.update({ where: { id: 1 }, data: { approveClients: false } });
    expect(await validate(body.access_token ?? "")).toMatchObject({ decision: "allow" });
  });
});
