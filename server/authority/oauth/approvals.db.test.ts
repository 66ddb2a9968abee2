import { beforeAll, describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { decideApproval, endApproval, listApprovals } from "@/lib/oauth/approvals";
import { askApproval } from "@/lib/oauth/consent";
import { STARTED_COOKIE } from "@/lib/oauth/interaction";
import { updateScope } from "@/lib/scope/update";
import { personCtx, systemCtx } from "@/lib/testing/ctx";
import { entriesSince, lastIdx, useTestDatabase } from "@/lib/testing/database";
import { makeHolder, makePerson, makeRole, makeServer } from "@/lib/testing/make";
import { makeKey } from "@/lib/testing/make-credentials";
import { Browser } from "./testing/browser";
import { authorizeUrl, CALLBACK, connect, makeClient, pkce } from "./testing/client";
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
