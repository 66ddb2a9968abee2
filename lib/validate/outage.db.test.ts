import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import type { MachineInput, MachineOutput } from "@/lib/http/machine";
import { newId } from "@/lib/id";
import { entriesSince, lastIdx, useTestDatabase } from "@/lib/testing/database";
import { makeAgent, makePerson, makeRole, makeServer } from "@/lib/testing/make";
import { makeKey, makeToken } from "@/lib/testing/make-credentials";
import { answerValidate } from "./endpoint";
import { closeRuntime, runtime } from "./runtime";

useTestDatabase();
afterAll(closeRuntime);

async function company() {
  const person = await makePerson();
  const server = await makeServer();
  const role = await makeRole([server.id], ["tickets:*"]);
  await db().personRole.create({ data: { personId: person.id, roleId: role.id, assignedBy: "system:test" } });
  const key = await makeKey(server.id);
  const terms = { personId: person.id, roleId: role.id, serverIds: [server.id] };
  const token = await makeToken(terms);
  const ask = async (tool = "list_tickets", secret = token.secret) =>
    JSON.parse((await send(key.secret, { token: secret, tool })).body) as Record<string, unknown>;
  return { person, server, role, key, terms, token, ask };
}

function send(key: string, body: object): Promise<MachineOutput> {
  const input: MachineInput = {
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: Buffer.from(JSON.stringify(body)),
    requestId: newId("request"),
    source: { ip: "192.0.2.1", userAgent: "vitest" },
  };
  return answerValidate(input);
}

/** A connection of its own, to do what an operator or an outage does. */
async function withOutsider<T>(act: (outsider: pg.Client) => Promise<T>): Promise<T> {
  const outsider = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await outsider.connect();
  try {
    return await act(outsider);
  } finally {
    await outsider.end();
  }
}

describe("a change by an admin", () => {
  const reason = async (c: Awaited<ReturnType<typeof company>>, tool?: string) => (await c.ask(tool)).reason;

  it("is in force at the very next call: role edited, scope deleted, tool closed", async () => {
    const c = await company();
    expect(await reason(c, "close_ticket")).toBe("ok");
    await db().roleScope.deleteMany({ where: { roleId: c.role.id } });
    await db().roleScope.create({ data: { roleId: c.role.id, serverId: c.server.id, pattern: "tickets:read" } });
    expect(await c.ask("close_ticket")).toMatchObject({
      reason: "insufficient_scope",
      scopes: ["tickets:read"],
      missingScopes: ["tickets:write"],
    });
    expect(await reason(c)).toBe("ok");
    await db().toolScope.deleteMany({ where: { scopeId: c.server.scopes.read.id } });
    expect(await reason(c)).toBe("unknown_tool");
    await db().scope.delete({ where: { id: c.server.scopes.read.id } });
    expect(await c.ask("close_ticket")).toMatchObject({ reason: "insufficient_scope", scopes: [] });
  });

  it("is in force at the very next call, and so is its undoing: suspension, disabling, role taken, revocation", async () => {
    const c = await company();
    const person = { where: { id: c.person.id } };
    await db().person.update({ ...person, data: { status: "suspended", suspendedAt: new Date() } });
    expect(await reason(c)).toBe("person_suspended");
    await db().person.update({ ...person, data: { status: "active", suspendedAt: null } });
    expect(await reason(c)).toBe("ok");
    const server = { where: { id: c.server.id } };
    await db().mcpServer.update({ ...server, data: { status: "disabled", disabledAt: new Date() } });
    expect(await reason(c)).toBe("server_disabled");
    await db().mcpServer.update({ ...server, data: { status: "active", disabledAt: null } });
    expect(await reason(c)).toBe("ok");
    await db().personRole.deleteMany({ where: { personId: c.person.id } });
    expect(await reason(c)).toBe("role_missing");
    await db().personRole.create({ data: { personId: c.person.id, roleId: c.role.id, assignedBy: "system:test" } });
    expect(await reason(c)).toBe("ok");
    await db().token.update({ where: { id: c.token.id }, data: { revokedAt: new Date(), revokedBy: "system:test" } });
    expect(await reason(c)).toBe("revoked");
  });

  it("narrows a narrowed token with its role, and never widens it", async () => {
    const c = await company();
    const narrow = await makeToken({
      ...c.terms,
      narrowedTo: [{ scopeId: c.server.scopes.read.id, serverId: c.server.id }],
    });
    expect(await c.ask("list_tickets", narrow.secret)).toMatchObject({ reason: "ok", scopes: ["tickets:read"] });
    expect(await c.ask("close_ticket", narrow.secret)).toMatchObject({ reason: "insufficient_scope" });
    await db().roleScope.deleteMany({ where: { roleId: c.role.id } });
    await db().roleScope.create({ data: { roleId: c.role.id, serverId: c.server.id, pattern: "tickets:write" } });
    expect(await c.ask("close_ticket", narrow.secret)).toMatchObject({ reason: "insufficient_scope", scopes: [] });
  });
});

describe("a machine agent's own token", () => {
  it("lives while the agent is active and holds the role, and outlives its owner's leaving", async () => {
    const c = await company();
    const agent = await makeAgent(c.person.id);
    const { secret } = await makeToken({ ...c.terms, personId: undefined, agentId: agent.id });
    const reason = async () => (await c.ask("list_tickets", secret)).reason;
    expect(await reason()).toBe("role_missing");
    await db().agentRole.create({ data: { agentId: agent.id, roleId: c.role.id, assignedBy: "system:test" } });
    expect(await c.ask("list_tickets", secret)).toMatchObject({ reason: "ok", person: null, agent: { id: agent.id } });
    await db().person.update({ where: { id: c.person.id }, data: { status: "suspended", suspendedAt: new Date() } });
    expect(await reason()).toBe("ok");
    await db().agent.update({ where: { id: agent.id }, data: { status: "suspended", suspendedAt: new Date() } });
    expect(await reason()).toBe("agent_suspended");
  });
});

describe("an outage", () => {
  it("of the log answers 503 while it lasts, allows nothing, costs no rate limit, and is over by itself", async () => {
    const c = await company();
    const limited = await makeToken({ ...c.terms, rateLimit: { limit: 1, windowSeconds: 3600 } });
    expect(await c.ask()).toMatchObject({ decision: "allow" });
    const before = await lastIdx();
    await withOutsider(async (outsider) => {
      await outsider.query("BEGIN");
      await outsider.query("SELECT 1 FROM audit_head WHERE id = 1 FOR UPDATE"); // nobody else can write the log now
      const refused = await Promise.allSettled([c.ask(), c.ask("list_tickets", limited.secret), c.ask("close_ticket")]);
      for (const outcome of refused) {
        expect(outcome).toMatchObject({ status: "rejected", reason: { code: "unavailable", retryAfterSeconds: 1 } });
      }
      await sleep(50); // the server has stopped what was given up
      await outsider.query("ROLLBACK");
    });
    expect(await c.ask("list_tickets", limited.secret)).toMatchObject({
      decision: "allow",
      rateLimit: { remaining: 0 },
    });
    // What was given up does not turn up later.
    expect(await entriesSince(before)).toHaveLength(1);
  });

  it("of every connection loses nothing that was answered, and is over by itself", async () => {
    const c = await company();
    const before = await lastIdx();
    const answered: unknown[] = [];
    let refused = 0;
    const load = async () => {
      for (let i = 0; i < 40; i++) {
        try {
          answered.push((await c.ask()).auditId);
        } catch (error) {
          expect(error).toMatchObject({ code: "unavailable" });
          refused++;
        }
      }
    };
    const kill = withOutsider(async (outsider) => {
      for (let i = 0; i < 5; i++) {
        await sleep(15);
        await outsider.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
        );
      }
    });
    await Promise.all([load(), load(), load(), kill]);
    expect(answered.length + refused).toBe(120);
    expect(await c.ask()).toMatchObject({ decision: "allow" });
    const written = new Set((await entriesSince(before)).map(({ body }) => body.id));
    for (const auditId of answered) expect(written).toContain(auditId);
  });

  it("of the database refuses even a good key, as unavailable and not as a bad key", async () => {
    const c = await company();
    const name = new URL(process.env.DATABASE_URL ?? "").pathname.slice(1);
    const admin = new URL(process.env.DATABASE_URL ?? "");
    admin.pathname = "/postgres";
    const operator = new pg.Client({ connectionString: admin.toString() });
    await operator.connect();
    try {
      await operator.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
      await operator.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", [name]);
      await expect(c.ask()).rejects.toMatchObject({ code: "unavailable" });
      await expect(send("bad key", { token: "t" })).rejects.toMatchObject({ code: "unavailable" });
    } finally {
      await operator.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
      await operator.end();
    }
    expect(await c.ask()).toMatchObject({ decision: "allow" });
  });
});

describe("usage figures", () => {
  const figures = async (tokenId: string) => {
    await runtime().activity.flush();
    return db().tokenActivity.findUnique({ where: { tokenId } });
  };

  it("add up allowed and denied calls, and know the last place of use", async () => {
    const c = await company();
    await c.ask();
    await c.ask("drop_tables");
    await c.ask("close_ticket");
    expect(await figures(c.token.id)).toMatchObject({
      allowed: 2n,
      denied: 1n,
      lastTool: "close_ticket",
      lastServerId: c.server.id,
    });
    await c.ask();
    expect(await figures(c.token.id)).toMatchObject({ allowed: 3n, denied: 1n, lastTool: "list_tickets" });
  });

  it("know when a key was used last", async () => {
    const c = await company();
    await c.ask();
    await runtime().activity.flush();
    const { lastUsedAt } = await db().serverKey.findUniqueOrThrow({ where: { id: c.key.id } });
    expect(Math.abs(Date.now() - (lastUsedAt?.getTime() ?? 0))).toBeLessThan(10_000);
  });

  it("count a foreign server's question as denied, and not as use", async () => {
    const c = await company();
    const foreign = await company();
    await c.ask("list_tickets", foreign.token.secret);
    expect(await figures(foreign.token.id)).toMatchObject({ allowed: 0n, denied: 1n, lastUsedAt: null });
  });

  it("never go back in time, whichever process writes last", async () => {
    const c = await company();
    const { activity } = runtime();
    const use = { tokenId: c.token.id, allowed: true, place: { serverId: c.server.id, ip: null, tool: "new" } };
    activity.note({ ...use, atSeconds: 2000 });
    expect((await figures(c.token.id))?.lastUsedAt).toEqual(new Date(2_000_000));
    activity.note({ ...use, atSeconds: 1000, place: { ...use.place, tool: "old" } });
    expect(await figures(c.token.id)).toMatchObject({ lastUsedAt: new Date(2_000_000), lastTool: "new", allowed: 2n });
  });
});
