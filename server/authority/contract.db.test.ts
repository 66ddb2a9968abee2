import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { POST as nextValidate } from "@/app/api/v1/validate/route";
import { db } from "@/lib/db";
import { GatehouseError } from "@/lib/errors";
import { toProblem } from "@/lib/http/problem";
import { newId } from "@/lib/id";
import { updateServer } from "@/lib/server/update";
import { cacheFacts } from "@/lib/testing/caching";
import { systemCtx } from "@/lib/testing/ctx";
import { entriesSince, lastIdx, useTestDatabase, type SeenEntry } from "@/lib/testing/database";
import { makeAgent, makePerson, makeRole, makeServer } from "@/lib/testing/make";
import { makeKey, makeToken } from "@/lib/testing/make-credentials";
import { makeCredential } from "@/lib/token/format";
import { stopCaching } from "@/lib/validate/fact-cache";
import { validateAnswerSchema } from "@/lib/validate/schema";
import { runtime } from "@/lib/validate/runtime";
import { closeMachine, machineRoutes } from "./routes";

useTestDatabase();

/** What both listeners answer, as a test looks at it. */
type Seen = { status: number; headers: Headers; body: Record<string, unknown> };
type Send = (body: string, headers: Record<string, string>) => Promise<Seen>;

const see = async (response: Response): Promise<Seen> => {
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: (text ? JSON.parse(text) : {}) as Seen["body"] };
};

async function readAll(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= maxBytes) chunks.push(chunk);
  }
  if (length > maxBytes) throw new GatehouseError("payload_too_large");
  return Buffer.concat(chunks);
}

/** The machine routes behind a bare `node:http` listener. */
const listener = createServer((request, response) => {
  const requestId = newId("request");
  const url = new URL(request.url ?? "/", "http://test");
  const route = machineRoutes.find(({ path, method }) => path === url.pathname && method === request.method);
  const answer = async () => {
    if (!route) throw new GatehouseError("route_not_found");
    return route.handle({
      method: route.method,
      path: route.path,
      headers: request.headers,
      body: await readAll(request, route.maxBodyBytes),
      requestId,
      source: { ip: "192.0.2.1", userAgent: request.headers["user-agent"] ?? null },
    });
  };
  answer()
    .catch((error: unknown) => {
      const problem = toProblem(error, requestId);
      return { ...problem, body: JSON.stringify(problem.body) };
    })
    .then(({ status, headers, body }) => response.writeHead(status, headers).end(body))
    .catch(() => response.destroy());
});
let base = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(listener.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((resolve) => listener.close(resolve));
  await closeMachine();
});

const post = async (path: string, body: string, headers: Record<string, string>) =>
  see(await fetch(base + path, { method: "POST", body, headers }));

afterEach(stopCaching);

/** Those that answer `POST /api/v1/validate`. */
const LISTENERS: readonly (readonly [string, Send])[] = [
  ["the authority", (body, headers) => post("/api/v1/validate", body, headers)],
  [
    "the authority with its cache",
    async (body, headers) => {
      await cacheFacts();
      return post("/api/v1/validate", body, headers);
    },
  ],
  [
    "the console's adapter",
    async (body, headers) =>
      see(await nextValidate(new Request("http://test/api/v1/validate", { method: "POST", body, headers }))),
  ],
];

/** A company with one person, agent, role, two servers and a key for each. */
async function company() {
  const person = await makePerson();
  const agent = await makeAgent(person.id);
  const server = await makeServer();
  const other = await makeServer();
  const role = await makeRole([server.id, other.id], ["tickets:*"]);
  await db().personRole.create({ data: { personId: person.id, roleId: role.id, assignedBy: "system:test" } });
  const key = await makeKey(server.id);
  const otherKey = await makeKey(other.id);
  const terms = { personId: person.id, agentId: agent.id, roleId: role.id, serverIds: [server.id] };
  return { person, agent, server, other, role, key, otherKey, terms };
}

const json = (key: string) => ({ authorization: `Bearer ${key}`, "content-type": "application/json" });
const form = (key: string) => ({
  authorization: `Bearer ${key}`,
  "content-type": "application/x-www-form-urlencoded",
});

/** Sends, and returns the answer with the one entry that it left. */
async function ask(send: Send, key: string, body: object): Promise<{ answer: Seen["body"]; entry: SeenEntry }> {
  const before = await lastIdx();
  const { status, body: answer } = await send(JSON.stringify(body), json(key));
  expect([status, answer]).toMatchObject([200, {}]);
  const entries = await entriesSince(before);
  expect(entries).toHaveLength(1);
  validateAnswerSchema.parse(answer);
  return { answer, entry: entries[0] as SeenEntry };
}

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);
type Company = Awaited<ReturnType<typeof company>>;

/** Every reason: how it comes about, whether the token still counts as active, and what the caller is told. */
const REASON_CASES: readonly {
  reason: string;
  active?: boolean;
  told?: string;
  make: (c: Company) => Promise<{ token: string; more?: object }>;
}[] = [
  { reason: "malformed", make: () => Promise.resolve({ token: "gth_ro_nonsense" }) },
  { reason: "malformed", make: () => Promise.resolve({ token: "" }) },
  { reason: "malformed", make: () => Promise.resolve({ token: "x".repeat(5000) }) },
  { reason: "unknown_token", make: () => Promise.resolve({ token: makeCredential("ro") }) },
  { reason: "unknown_token", make: (c) => Promise.resolve({ token: c.key.secret }) },
  { reason: "revoked", make: async (c) => ({ token: (await makeToken({ ...c.terms, revokedAt: ago(1) })).secret }) },
  { reason: "revoked", make: async (c) => ({ token: (await makeToken({ ...c.terms, retiresAt: ago(1) })).secret }) },
  { reason: "expired", make: async (c) => ({ token: (await makeToken({ ...c.terms, expiresAt: ago(1) })).secret }) },
  {
    reason: "not_yet_valid",
    make: async (c) => ({ token: (await makeToken({ ...c.terms, notBefore: ago(-60) })).secret }),
  },
  {
    reason: "person_suspended",
    make: async (c) => {
      await db().person.update({ where: { id: c.person.id }, data: { status: "suspended", suspendedAt: new Date() } });
      return { token: (await makeToken(c.terms)).secret };
    },
  },
  {
    reason: "agent_suspended",
    make: async (c) => {
      await db().agent.update({ where: { id: c.agent.id }, data: { status: "suspended", suspendedAt: new Date() } });
      return { token: (await makeToken(c.terms)).secret };
    },
  },
  {
    reason: "server_disabled",
    make: async (c) => {
      await db().mcpServer.update({ where: { id: c.server.id }, data: { status: "disabled", disabledAt: new Date() } });
      return { token: (await makeToken(c.terms)).secret };
    },
  },
  {
    reason: "role_missing",
    make: async (c) => {
      await db().personRole.deleteMany({ where: { personId: c.person.id } });
      return { token: (await makeToken(c.terms)).secret };
    },
  },
  {
    reason: "role_missing",
    make: async (c) => {
      await db().role.update({ where: { id: c.role.id }, data: { archivedAt: new Date() } });
      return { token: (await makeToken(c.terms)).secret };
    },
  },
  {
    // The agent alone must hold the role; that its owner does is not enough.
    reason: "role_missing",
    make: async (c) => ({ token: (await makeToken({ ...c.terms, personId: undefined })).secret }),
  },
  {
    reason: "wrong_audience",
    told: "unknown_token",
    make: async (c) => ({ token: (await makeToken({ ...c.terms, serverIds: [c.other.id] })).secret }),
  },
  {
    reason: "wrong_audience",
    make: async (c) => ({ token: (await makeToken(c.terms)).secret, more: { resource: c.other.resource } }),
  },
  {
    reason: "ip_not_allowed",
    active: true,
    make: async (c) => ({
      token: (await makeToken({ ...c.terms, allowedCidrs: ["10.0.0.0/8"] })).secret,
      more: { clientIp: "192.0.2.7" },
    }),
  },
  {
    reason: "ip_not_allowed",
    active: true,
    make: async (c) => ({ token: (await makeToken({ ...c.terms, allowedCidrs: ["10.0.0.0/8"] })).secret }),
  },
  {
    reason: "insufficient_scope",
    active: true,
    make: async (c) => ({
      token: (await makeToken({ ...c.terms, kind: "ro" })).secret,
      more: { tool: "close_ticket" },
    }),
  },
  {
    reason: "insufficient_scope",
    active: true,
    make: async (c) => ({ token: (await makeToken(c.terms)).secret, more: { scopes: ["tickets:delete"] } }),
  },
  {
    reason: "unknown_tool",
    active: true,
    make: async (c) => ({ token: (await makeToken(c.terms)).secret, more: { tool: "drop_tables" } }),
  },
  {
    reason: "unknown_tool",
    active: true,
    make: async (c) => {
      await db().toolScope.deleteMany({ where: { serverId: c.server.id } });
      return { token: (await makeToken(c.terms)).secret };
    },
  },
];

describe.each(LISTENERS)("POST /api/v1/validate, answered by %s", (_name, send) => {
  it("allows a live token's call, with every field of the contract, and records it before it answers", async () => {
    const c = await company();
    const token = await makeToken({
      ...c.terms,
      allowedCidrs: ["192.0.2.0/24"],
      rateLimit: { limit: 5, windowSeconds: 60 },
    });
    const { answer, entry } = await ask(send, c.key.secret, {
      token: token.secret,
      tool: "list_tickets",
      scopes: ["tickets:write"],
      resource: `${c.server.resource}/`,
      clientIp: "192.0.2.77",
      requestId: "caller-1",
      arguments: { status: "open", password: "hunter2" },
    });
    const { expiresAt } = await db().token.findUniqueOrThrow({ where: { id: token.id } });
    expect(answer).toEqual({
      active: true,
      decision: "allow",
      reason: "ok",
      token: { id: token.id, kind: "static", name: "Test token" },
      person: { id: c.person.id, email: c.person.email },
      agent: { id: c.agent.id, name: c.agent.name },
      server: { id: c.server.id, resource: c.server.resource },
      role: c.role.name,
      scopes: ["tickets:read", "tickets:write"],
      missingScopes: [],
      expiresAt: Math.floor(expiresAt.getTime() / 1000),
      rateLimit: { limit: 5, remaining: 4, resetAt: expect.any(Number) as number },
      auditId: entry.body.id,
    });
    expect(entry).toMatchObject({
      action: "token.validate",
      outcome: "allow",
      reason: "ok",
      body: {
        actor: { kind: "server", id: c.server.id, credential: { id: c.key.id, kind: "server_key" } },
        person: { id: c.person.id },
        agent: { id: c.agent.id },
        server: { id: c.server.id },
        role: { id: c.role.id },
        credential: { id: token.id, scopes: ["tickets:read", "tickets:write"] },
        tool: "list_tickets",
        requiredScopes: ["tickets:read", "tickets:write"],
        arguments: { status: "open", password: "[redacted]" },
        clientIp: "192.0.2.77",
        callerRequestId: "caller-1",
        durationMs: expect.any(Number) as number,
      },
    });
    expect(JSON.stringify(entry.body)).not.toContain(token.secret.slice(7));
  });

  it("keeps no arguments of a server's calls from the answer on that sets its level to metadata, and the rest as ever", async () => {
    const c = await company();
    const token = await makeToken(c.terms);
    const call = { token: token.secret, tool: "list_tickets", arguments: { patient: "4711" } };
    const kept = await ask(send, c.key.secret, call);
    expect(kept.entry.body).toMatchObject({ arguments: { patient: "4711" } });
    await updateServer(systemCtx(), { serverId: c.server.id, auditLevel: "metadata" });
    const { answer, entry } = await ask(send, c.key.secret, call);
    expect(answer.decision).toBe("allow");
    expect(entry.body).toMatchObject({
      argumentsOmitted: "audit_level",
      tool: "list_tickets",
      agent: { id: c.agent.id },
    });
    expect(JSON.stringify(entry.body)).not.toContain("4711");
    // Of tokens that nobody has the server's facts are not read: its key alone tells.
    const strange = await ask(send, c.key.secret, { ...call, token: makeCredential("ro") });
    expect(strange.entry.body).toMatchObject({ argumentsOmitted: "audit_level" });
    // What the caller says cannot pass for what was left out, and where there was nothing nothing was left out.
    const none = await ask(send, c.key.secret, { token: token.secret, tool: "list_tickets" });
    expect(none.entry.body).not.toHaveProperty("argumentsOmitted");
    await updateServer(systemCtx(), { serverId: c.server.id, auditLevel: "full" });
    await expect
      .poll(async () => (await ask(send, c.key.secret, call)).entry.body)
      .toMatchObject({ arguments: { patient: "4711" } });
  });

  it.each(REASON_CASES.map((one, nth) => ({ ...one, nth })))("denies with $reason (case $nth)", async (one) => {
    const c = await company();
    const { token, more } = await one.make(c);
    const { answer, entry } = await ask(send, c.key.secret, { token, tool: "list_tickets", ...more });
    const told = one.told ?? one.reason;
    expect(answer).toMatchObject({ active: one.active ?? false, decision: "deny", reason: told });
    expect(entry).toMatchObject({ action: "token.validate", outcome: "deny", reason: one.reason });
    if (["malformed", "unknown_token"].includes(told)) {
      expect(Object.keys(answer).sort()).toEqual(["active", "auditId", "decision", "reason"]);
    } else if (!one.active) {
      expect(answer).toMatchObject({ scopes: [], missingScopes: [], server: { id: c.server.id } });
    }
    if (token.length > 20) expect(JSON.stringify(entry.body)).not.toContain(token.slice(7, 30));
    if (["malformed", "unknown_token"].includes(one.reason)) {
      expect(entry.body).not.toHaveProperty("credential");
      expect(JSON.stringify(entry.body)).not.toContain(token.slice(-4) || "\0");
    }
  });

  it("is no oracle: a token of another server, even an ended one, is answered as one that does not exist", async () => {
    const c = await company();
    const foreign = { ...c.terms, serverIds: [c.other.id] };
    const secrets = [
      makeCredential("rw"),
      (await makeToken(foreign)).secret,
      (await makeToken({ ...foreign, revokedAt: ago(1) })).secret,
      (await makeToken({ ...foreign, expiresAt: ago(1) })).secret,
    ];
    const reasons: (string | null)[] = [];
    for (const token of secrets) {
      const { answer, entry } = await ask(send, c.key.secret, { token, tool: "list_tickets" });
      expect(answer).toEqual({ active: false, decision: "deny", reason: "unknown_token", auditId: entry.body.id });
      reasons.push(entry.reason);
    }
    expect(reasons).toEqual(["unknown_token", "wrong_audience", "revoked", "expired"]);
  });

  it("limits the rate, and a denied call costs nothing", async () => {
    const c = await company();
    const token = await makeToken({ ...c.terms, rateLimit: { limit: 2, windowSeconds: 3600 } });
    const call = async (tool: string) => (await ask(send, c.key.secret, { token: token.secret, tool })).answer;
    expect(await call("drop_tables")).toMatchObject({ reason: "unknown_tool", rateLimit: { remaining: 2 } });
    expect(await call("list_tickets")).toMatchObject({ reason: "ok", rateLimit: { remaining: 1 } });
    expect(await call("list_tickets")).toMatchObject({ reason: "ok", rateLimit: { remaining: 0 } });
    expect(await call("drop_tables")).toMatchObject({ reason: "unknown_tool" });
    expect(await call("list_tickets")).toMatchObject({
      active: true,
      decision: "deny",
      reason: "rate_limited",
      rateLimit: { limit: 2, remaining: 0 },
    });
  });

  it("answers 401 to no key, a bad key, a token as key, a revoked key and an expired key, and records each", async () => {
    const c = await company();
    const bad = [
      {},
      { authorization: "Bearer nonsense" },
      { authorization: `Bearer ${makeCredential("srv")}` },
      { authorization: `Bearer ${(await makeToken(c.terms)).secret}` },
      { authorization: `Bearer ${(await makeKey(c.server.id, { revokedAt: ago(1) })).secret}` },
      { authorization: `Bearer ${(await makeKey(c.server.id, { expiresAt: ago(1) })).secret}` },
      { authorization: `Basic ${Buffer.from(`${c.key.id}:${c.key.secret}`).toString("base64")}` },
    ];
    for (const headers of bad) {
      const before = await lastIdx();
      // The body is nonsense too: who asks comes first.
      const seen = await send("{", { "content-type": "application/json", ...headers } as Record<string, string>);
      expect(seen).toMatchObject({ status: 401, body: { code: "unauthenticated", status: 401 } });
      expect(seen.headers.get("www-authenticate")).toMatch(/^Bearer/);
      expect(seen.headers.get("content-type")).toMatch(/^application\/problem\+json/);
      expect(await entriesSince(before)).toMatchObject([{ action: "key.refuse", outcome: "denied" }]);
    }
  });

  it("answers 400 with the field to a bad body, 413 to a long one, 415 to another type, and records no decision", async () => {
    const { key } = await company();
    const before = await lastIdx();
    const fields = async (body: unknown) => {
      const seen = await send(JSON.stringify(body), json(key.secret));
      expect(seen).toMatchObject({ status: 400, body: { code: "invalid_request" } });
      return (seen.body.errors as { path: string }[]).map(({ path }) => path);
    };
    expect(await fields({})).toEqual(["token"]);
    expect(await fields({ token: 1 })).toEqual(["token"]);
    expect(await fields({ token: "t", tool: "x".repeat(10_000) })).toEqual(["tool"]);
    expect(await fields({ token: "t", tool: "a\0b" })).toEqual(["tool"]);
    expect(await fields({ token: "t", tool: "a\ud800b" })).toEqual(["tool"]);
    expect(await fields({ token: "t", scopes: ["ok", "not ok"] })).toEqual(["scopes.1"]);
    expect(await fields({ token: "t", scopes: Array.from({ length: 101 }, () => "s") })).toEqual(["scopes"]);
    expect(await fields({ token: "t", clientIp: "999.1.1.1" })).toEqual(["clientIp"]);
    expect(await fields({ token: "t", admin: true })).toEqual(["admin"]);
    expect(await fields([])).toEqual([""]);
    for (const text of ["{", "", '{"token":"a",}', "\u0000"])
      expect(await send(text, json(key.secret))).toMatchObject({ status: 400, body: { code: "malformed_json" } });
    const long = JSON.stringify({ token: "t", arguments: { text: "x".repeat(1024 * 1024) } });
    expect(await send(long, json(key.secret))).toMatchObject({ status: 413, body: { code: "payload_too_large" } });
    for (const type of ["text/plain", "application/jsonp", "application/x-www-form-urlencoded"]) {
      const headers = { ...json(key.secret), "content-type": type };
      expect(await send('{"token":"t"}', headers)).toMatchObject({
        status: 415,
        body: { code: "unsupported_media_type" },
      });
    }
    const zipped = { ...json(key.secret), "content-encoding": "gzip" };
    expect(await send('{"token":"t"}', zipped)).toMatchObject({
      status: 415,
      body: { code: "unsupported_media_type", detail: "Send the body uncompressed, without Content-Encoding." },
    });
    const charset = { ...json(key.secret), "content-type": "application/json; charset=utf-8" };
    expect(await send('{"token":"t"}', charset)).toMatchObject({ status: 200 });
    expect(await entriesSince(before)).toHaveLength(1);
  });

  it("takes arguments with NUL, lone surrogates, secrets and 5,000 levels without harm", async () => {
    const c = await company();
    const token = (await makeToken(c.terms)).secret;
    const args = { nul: "a\0b", half: "\ud83d", key: makeCredential("ro"), deep: 0 };
    const deep = `${'{"a":'.repeat(5000)}1${"}".repeat(5000)}`;
    const body = JSON.stringify({ token, tool: "list_tickets", arguments: args }).replace('"deep":0', `"deep":${deep}`);
    const before = await lastIdx();
    expect(await send(body, json(c.key.secret))).toMatchObject({ status: 200, body: { decision: "allow" } });
    const [entry] = await entriesSince(before);
    expect(JSON.stringify(entry?.body)).not.toContain(args.key.slice(7, 30));
  });

  it("answers 503 with Retry-After while nothing can be recorded, and allows nothing", async () => {
    const c = await company();
    const body = JSON.stringify({ token: (await makeToken(c.terms)).secret, tool: "list_tickets" });
    const outsider = new pg.Client({ connectionString: process.env.DATABASE_URL });
    await outsider.connect();
    try {
      await outsider.query("BEGIN");
      await outsider.query("SELECT 1 FROM audit_head WHERE id = 1 FOR UPDATE");
      const seen = await send(body, json(c.key.secret));
      expect(seen).toMatchObject({ status: 503, body: { code: "unavailable" } });
      expect(seen.body).not.toHaveProperty("decision");
      expect(seen.headers.get("retry-after")).toBe("1");
      expect(await send(body, { "content-type": "application/json" })).toMatchObject({ status: 503 });
    } finally {
      await outsider.end();
    }
    expect(await send(body, json(c.key.secret))).toMatchObject({ status: 200, body: { decision: "allow" } });
  });

  it("keeps a token out of the log and the answer wherever a caller puts it", async () => {
    const c = await company();
    const token = await makeToken(c.terms);
    const stray = makeCredential("rw");
    const { answer, entry } = await ask(send, c.key.secret, {
      token: token.secret,
      tool: stray,
      requestId: `call ${stray}`,
      arguments: { note: stray, [stray]: 1 },
    });
    const bad = await send(JSON.stringify({ token: token.secret, [stray]: 1 }), json(c.key.secret));
    await runtime().activity.flush();
    const figures = await db().tokenActivity.findUniqueOrThrow({ where: { tokenId: token.id } });
    for (const text of [JSON.stringify(answer), JSON.stringify(entry.body), JSON.stringify(bad.body), figures.lastTool])
      expect(text ?? "").not.toContain(stray.slice(7, 30));
  });

  it("tells nobody to keep an answer", async () => {
    const { key } = await company();
    const { headers } = await send('{"token":"t"}', json(key.secret));
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("content-type")).toMatch(/^application\/json/);
  });
});

describe("POST /api/v1/validate/batch", () => {
  const batch = (key: string, items: unknown) => post("/api/v1/validate/batch", JSON.stringify({ items }), json(key));

  it("answers in the order of the items, each with an entry of its own", async () => {
    const c = await company();
    const good = (await makeToken({ ...c.terms, rateLimit: { limit: 1, windowSeconds: 60 } })).secret;
    const before = await lastIdx();
    const { status, body } = await batch(c.key.secret, [
      { token: good, tool: "list_tickets" },
      { token: "nonsense" },
      { token: good, tool: "close_ticket" },
      { token: makeCredential("ro") },
    ]);
    expect(status).toBe(200);
    const results = body.results as { reason: string; auditId: string }[];
    expect(results.map(({ reason }) => reason)).toEqual(["ok", "malformed", "rate_limited", "unknown_token"]);
    const entries = await entriesSince(before);
    expect(entries.map(({ body: { id } }) => id)).toEqual(results.map(({ auditId }) => auditId));
  });

  it("refuses the whole batch where one item is bad, names it, and decides none", async () => {
    const c = await company();
    const good = (await makeToken(c.terms)).secret;
    const before = await lastIdx();
    const { status, body } = await batch(c.key.secret, [{ token: good }, { token: good, tool: 7 }]);
    expect([status, (body.errors as { path: string }[])[0]?.path]).toEqual([400, "items.1.tool"]);
    expect(await entriesSince(before)).toEqual([]);
  });

  it("takes 100 items and neither 101 nor none", async () => {
    const { key } = await company();
    const items = (n: number) => Array.from({ length: n }, () => ({ token: "t" }));
    expect(((await batch(key.secret, items(100))).body.results as unknown[]).length).toBe(100);
    for (const n of [101, 0]) expect(await batch(key.secret, items(n))).toMatchObject({ status: 400 });
  });
});

describe("POST /oauth/introspect", () => {
  const introspect = (headers: Record<string, string>, fields: Record<string, string>) =>
    post("/oauth/introspect", new URLSearchParams(fields).toString(), headers);

  it("tells of an active token what RFC 7662 names, to Bearer and to Basic, and records it", async () => {
    const c = await company();
    const token = await makeToken({ ...c.terms, kind: "ro" });
    const basic = `Basic ${Buffer.from(`${c.key.id}:${c.key.secret}`).toString("base64")}`;
    for (const headers of [form(c.key.secret), { ...form(""), authorization: basic }]) {
      const before = await lastIdx();
      const { status, body } = await introspect(headers, { token: token.secret, token_type_hint: "access_token" });
      expect(status).toBe(200);
      expect(body).toEqual({
        active: true,
        scope: "tickets:read",
        client_id: c.agent.id,
        username: c.person.email,
        token_type: "Bearer",
        exp: expect.any(Number) as number,
        iat: expect.any(Number) as number,
        nbf: expect.any(Number) as number,
        sub: c.person.id,
        aud: c.server.resource,
        iss: "http://localhost:3000",
        jti: token.id,
      });
      expect(await entriesSince(before)).toMatchObject([
        { action: "token.introspect", outcome: "allow", reason: "ok" },
      ]);
    }
  });

  it("says active: false and nothing else of any other token", async () => {
    const c = await company();
    const secrets = [
      "nonsense",
      makeCredential("ro"),
      c.key.secret,
      (await makeToken({ ...c.terms, serverIds: [c.other.id] })).secret,
      (await makeToken({ ...c.terms, revokedAt: ago(1) })).secret,
      (await makeToken({ ...c.terms, expiresAt: ago(1) })).secret,
      (await makeToken({ ...c.terms, allowedCidrs: ["10.0.0.0/8"] })).secret,
    ];
    for (const token of secrets) {
      const { status, body } = await introspect(form(c.key.secret), { token });
      expect([status, body]).toEqual([200, { active: false }]);
    }
  });

  it("keeps the address list: active only with a client_ip that is on it", async () => {
    const c = await company();
    const token = (await makeToken({ ...c.terms, allowedCidrs: ["10.0.0.0/8"] })).secret;
    const active = async (client_ip: string) =>
      (await introspect(form(c.key.secret), { token, client_ip })).body.active;
    expect(await active("10.2.3.4")).toBe(true);
    expect(await active("192.0.2.1")).toBe(false);
  });

  it("answers 401 to a bad key or another's name beside it, 400 to no token or two, 415 to JSON", async () => {
    const c = await company();
    const basic = (user: string) => ({
      ...form(""),
      authorization: `Basic ${Buffer.from(`${user}:${c.key.secret}`).toString("base64")}`,
    });
    expect((await introspect(form("bad"), { token: "t" })).status).toBe(401);
    expect((await introspect(basic(c.otherKey.id), { token: "t" })).status).toBe(401);
    expect((await introspect(basic(c.server.id), { token: "t" })).status).toBe(200);
    expect((await introspect(form(c.key.secret), {})).status).toBe(400);
    expect((await post("/oauth/introspect", "token=a&token=b", form(c.key.secret))).status).toBe(400);
    expect((await post("/oauth/introspect", '{"token":"t"}', json(c.key.secret))).status).toBe(415);
  });
});

describe("POST /api/v1/audit/tool-calls", () => {
  const report = (key: string, items: unknown) =>
    post("/api/v1/audit/tool-calls", JSON.stringify({ items }), json(key));
  const startedAt = "2026-11-21T09:00:00.000Z";

  it("records how calls ended, tied to whom their decisions were about, before it answers 202", async () => {
    const c = await company();
    const token = await makeToken(c.terms);
    const decided = await post(
      "/api/v1/validate",
      JSON.stringify({ token: token.secret, tool: "list_tickets" }),
      json(c.key.secret),
    );
    const before = await lastIdx();
    const { status, body } = await report(c.key.secret, [
      { auditId: decided.body.auditId, tool: "list_tickets", startedAt, durationMs: 12.5, outcome: "ok" },
      {
        tool: "close_ticket",
        startedAt: 1_790_000_000,
        durationMs: 3,
        outcome: "error",
        error: `sent ${makeCredential("ro")}`,
      },
      { tool: "close_ticket", startedAt, durationMs: 0, outcome: "denied", arguments: { api_key: "x" } },
    ]);
    expect([status, body]).toEqual([202, { recorded: 3 }]);
    const entries = await entriesSince(before);
    expect(entries).toMatchObject([
      {
        action: "tool.call",
        outcome: "success",
        body: {
          person: { id: c.person.id },
          agent: { id: c.agent.id },
          credential: { id: token.id },
          tool: "list_tickets",
          durationMs: 12.5,
          details: { startedAt, decisionId: decided.body.auditId },
        },
      },
      { action: "tool.call", outcome: "failure", body: { details: { error: "sent [redacted]" } } },
      { action: "tool.call", outcome: "denied", body: { arguments: { api_key: "[redacted]" } } },
    ]);
  });

  it("keeps no arguments of what a server reports whose level is metadata", async () => {
    const c = await company();
    await updateServer(systemCtx(), { serverId: c.server.id, auditLevel: "metadata" });
    const before = await lastIdx();
    const item = { tool: "close_ticket", startedAt, durationMs: 3, outcome: "ok", arguments: { patient: "4711" } };
    expect((await report(c.key.secret, [item])).status).toBe(202);
    const [entry] = await entriesSince(before);
    expect(entry?.body).toMatchObject({ argumentsOmitted: "audit_level", tool: "close_ticket", durationMs: 3 });
    expect(JSON.stringify(entry?.body)).not.toContain("4711");
  });

  it("refuses another server's auditId as one that does not exist, and records nothing", async () => {
    const c = await company();
    const token = await makeToken({ ...c.terms, serverIds: [c.other.id] });
    const theirs = await post("/api/v1/validate", JSON.stringify({ token: token.secret }), json(c.otherKey.secret));
    const before = await lastIdx();
    for (const auditId of [theirs.body.auditId, "01890000-0000-7000-8000-000000000000"]) {
      const { status, body } = await report(c.key.secret, [
        { tool: "list_tickets", startedAt, durationMs: 1, outcome: "ok" },
        { auditId, tool: "list_tickets", startedAt, durationMs: 1, outcome: "ok" },
      ]);
      expect([status, body.errors]).toMatchObject([400, [{ path: "items.1.auditId", code: "unknown_audit_id" }]]);
    }
    expect(await entriesSince(before)).toEqual([]);
  });

  it("answers 401 without a key, and 400 with the field to a bad item", async () => {
    const { key } = await company();
    expect((await report("bad", [])).status).toBe(401);
    const { status, body } = await report(key.secret, [
      { tool: "t", startedAt: "noon", durationMs: -1, outcome: "fine" },
    ]);
    expect(status).toBe(400);
    expect((body.errors as { path: string }[]).map(({ path }) => path).sort()).toEqual([
      "items.0.durationMs",
      "items.0.outcome",
      "items.0.startedAt",
    ]);
  });
});
