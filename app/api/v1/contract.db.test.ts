import { describe, expect, it } from "vitest";
import * as agents from "./agents/route";
import * as agent from "./agents/[id]/route";
import * as rest from "./[...rest]/route";
import { db } from "@/lib/db";
import { call, makeAdminToken, newKey } from "@/lib/testing/admin-api";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makePerson } from "@/lib/testing/make";
import { makeCredential } from "@/lib/token/format";

useTestDatabase();

const newAgent = async (more: object = {}) => ({
  name: `Agent ${Math.random()}`,
  kind: "machine",
  ownerId: (await makePerson()).id,
  ...more,
});

describe("authentication", () => {
  it.each([
    ["no header", {}, "no_token"],
    ["a cookie alone", { cookie: "token=x" }, "no_token"],
    ["another scheme", { authorization: "Basic abc" }, "no_token"],
    ["a token in the wrong form", { authorization: "Bearer abc" }, "malformed"],
    ["an unknown token", { authorization: `Bearer ${makeCredential("adm")}` }, "unknown_token"],
    ["a server key", { authorization: `Bearer ${makeCredential("srv")}` }, "unknown_token"],
  ])("answers 401 to %s, and records the true reason", async (_name, headers, reason) => {
    const { result, entries } = await observe(() => call(agents, "GET", { headers }));
    expect(result).toMatchObject({ status: 401, json: { code: "unauthenticated" } });
    expect(result?.headers.get("www-authenticate")).toContain("Bearer");
    expect(entries).toMatchObject([{ action: "api.refuse", outcome: "denied", reason }]);
  });

  it.each([
    ["revoked", { revoked: true }],
    ["expired", { expiresAt: new Date(Date.now() - 1000) }],
    ["ip_not_allowed", { allowedCidrs: ["192.0.2.0/24"] }],
  ])("answers 401 to a token that is %s, and names it in the entry", async (reason, options) => {
    const { id, token } = await makeAdminToken(options);
    const { result, entries } = await observe(() => call(agents, "GET", { token }));
    expect(result).toMatchObject({ status: 401, json: { code: "unauthenticated" } });
    expect(result?.text).not.toContain(reason);
    expect(entries).toMatchObject([{ action: "api.refuse", reason, body: { credential: { id } } }]);
  });

  it("answers 429 with retry-after beyond the token's rate limit", async () => {
    const { token } = await makeAdminToken({ rateLimit: { limit: 2, windowSeconds: 60 } });
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await call(agents, "GET", { token })).status);
    expect(statuses).toEqual([200, 200, 429]);
    const { result, entries } = await observe(() => call(agents, "GET", { token }));
    expect(Number(result?.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(entries).toMatchObject([{ action: "api.refuse", reason: "rate_limited" }]);
  });

  it("records one entry for each call that it lets in", async () => {
    const { id, token } = await makeAdminToken();
    const { result, entries } = await observe(() => call(agents, "GET", { token }));
    expect(result?.status).toBe(200);
    expect(entries).toMatchObject([{ action: "token.validate", outcome: "allow", body: { actor: { id } } }]);
    expect(JSON.stringify(entries.map(({ body }) => body))).not.toContain(token);
  });

  it("refuses a reader's write with 403, records it, and creates nothing", async () => {
    const { token } = await makeAdminToken({ scopes: ["agents:read", "people:write"] });
    const body = await newAgent();
    const { result, entries } = await observe(() => call(agents, "POST", { token, body }));
    expect(result).toMatchObject({ status: 403, json: { code: "forbidden" } });
    expect(entries.map(({ action, outcome }) => [action, outcome])).toEqual([
      ["token.validate", "allow"],
      ["agent.create", "denied"],
    ]);
    expect(await db().agent.count({ where: { name: body.name } })).toBe(0);
  });

  it("lets an auditor's token do no more than the auditor may, whatever its scopes", async () => {
    const auditor = await makePerson({ consoleRole: "auditor" });
    const { token } = await makeAdminToken({ personId: auditor.id });
    expect((await call(agents, "GET", { token })).status).toBe(200);
    expect((await call(agents, "POST", { token, body: await newAgent() })).status).toBe(403);
  });

  it("answers 401 where the person is suspended", async () => {
    const person = await makePerson({ consoleRole: "admin" });
    const { token } = await makeAdminToken({ personId: person.id });
    await db().person.update({ where: { id: person.id }, data: { status: "suspended", suspendedAt: new Date() } });
    expect((await call(agents, "GET", { token })).status).toBe(401);
  });
});

describe("answers", () => {
  it("carry a request id that the entry has too, and are not stored by caches", async () => {
    const { token } = await makeAdminToken();
    const { result, entries } = await observe(() => call(agents, "GET", { token }));
    expect(result?.headers.get("x-request-id")).toBe(entries[0]?.body.requestId);
    expect(result?.headers.get("cache-control")).toBe("no-store");
  });

  it.each(["GET", "POST", "PATCH", "DELETE", "PUT"] as const)(
    "are 404 problem+json at unknown addresses (%s)",
    async (method) => {
      const answered = await call(rest, method);
      expect(answered).toMatchObject({ status: 404, json: { code: "route_not_found" } });
      expect(answered.headers.get("content-type")).toContain("application/problem+json");
    },
  );

  it("are 405 with the methods that are possible", async () => {
    const answered = await call(agents, "PUT", {});
    expect(answered).toMatchObject({ status: 405, json: { code: "method_not_allowed" } });
    expect(answered.headers.get("allow")).toBe("GET, POST, OPTIONS");
  });
});

describe("bad input", () => {
  it.each([
    ["415", "<xml/>", { "content-type": "text/xml" }, "unsupported_media_type"],
    ["415", "zipped", { "content-encoding": "gzip" }, "unsupported_media_type"],
    ["400", "{", {}, "malformed_json"],
    ["413", `"${"a".repeat(1_048_576)}"`, {}, "payload_too_large"],
    ["422", "[]", {}, "validation_failed"],
    ["422", '{"name":"a\\u0000"}', {}, "validation_failed"],
    ["422", '{"name":"\\ud800"}', {}, "validation_failed"],
  ])("is answered %s", async (status, body, headers, code) => {
    const { token } = await makeAdminToken();
    const answered = await call(agents, "POST", { token, body, headers });
    expect(answered).toMatchObject({ status: Number(status), json: { code } });
  });

  it("names every field at fault", async () => {
    const { token } = await makeAdminToken();
    const body = { name: "x".repeat(10_000), kind: "human", ownerId: "nobody", extra: 1 };
    const { json } = await call(agents, "POST", { token, body });
    expect((json.errors as { path: string }[]).map(({ path }) => path).sort()).toEqual([
      "extra",
      "kind",
      "name",
      "ownerId",
    ]);
  });

  it("is 401 before anything of the body is looked at", async () => {
    expect((await call(agents, "POST", { body: "{" })).status).toBe(401);
  });

  it("refuses an unknown query parameter and a cursor that was tampered with", async () => {
    const { token } = await makeAdminToken();
    for (let i = 0; i < 3; i++) await call(agents, "POST", { token, body: await newAgent() });
    const page = await call(agents, "GET", { token, query: "?limit=1" });
    const cursor = String(page.json.nextCursor);
    const get = (query: string) => call(agents, "GET", { token, query });
    expect((await get(`?limit=1&cursor=${cursor}`)).status).toBe(200);
    const other = cursor.startsWith("A") ? "B" : "A";
    expect(await get(`?cursor=${other}${cursor.slice(1)}`)).toMatchObject({
      status: 400,
      json: { code: "invalid_cursor" },
    });
    expect(await get(`?q=other&cursor=${cursor}`)).toMatchObject({ status: 400, json: { code: "invalid_cursor" } });
    expect(await get("?ownerID=per_1")).toMatchObject({ status: 422, json: { code: "validation_failed" } });
    expect(await get("?limit=201")).toMatchObject({ status: 422 });
  });

  it.each(["agt_unknown", "nonsense", "tok_1", "../agents", "a\0b"])("is 404 for the id %j", async (id) => {
    const { token } = await makeAdminToken();
    expect(await call(agent, "GET", { token, params: { id } })).toMatchObject({
      status: 404,
      json: { code: "agent_not_found" },
    });
  });
});

describe("Idempotency-Key", () => {
  it("creates once, and gives the repeat the same status and body", async () => {
    const { token } = await makeAdminToken();
    const body = await newAgent();
    const headers = newKey();
    const first = await call(agents, "POST", { token, body, headers });
    const { result: again, entries } = await observe(() => call(agents, "POST", { token, body, headers }));
    expect(first.status).toBe(201);
    expect(first.headers.get("idempotency-replayed")).toBeNull();
    expect(again).toMatchObject({ status: 201, json: first.json });
    expect(again?.headers.get("idempotency-replayed")).toBe("true");
    expect(entries.map(({ action }) => action)).toEqual(["token.validate"]);
  });

  it("repeats a domain error, and answers 422 to another body", async () => {
    const { token } = await makeAdminToken();
    const body = await newAgent();
    await call(agents, "POST", { token, body });
    const headers = newKey();
    expect((await call(agents, "POST", { token, body, headers })).status).toBe(409);
    await db().agent.updateMany({ where: { name: body.name }, data: { name: `${body.name} moved` } });
    expect(await call(agents, "POST", { token, body, headers })).toMatchObject({
      status: 409,
      json: { code: "name_taken" },
    });
    const other = await call(agents, "POST", { token, body: { ...body, name: "other" }, headers });
    expect(other).toMatchObject({ status: 422, json: { code: "idempotency_key_reused" } });
  });

  it("does not keep a refusal: with the permission the same request goes through", async () => {
    const { id, token } = await makeAdminToken({ scopes: ["agents:read"] });
    const body = await newAgent();
    const headers = newKey();
    expect((await call(agents, "POST", { token, body, headers })).status).toBe(403);
    await db().tokenScope.create({
      data: { tokenId: id, scopeId: "scp_gatehouse_agents_write", serverId: "srv_gatehouse" },
    });
    expect((await call(agents, "POST", { token, body, headers })).status).toBe(201);
  });

  it("creates nothing where the answer cannot be kept, and creates it once when it can", async () => {
    const { token } = await makeAdminToken();
    const body = await newAgent();
    const headers = newKey();
    await db().$executeRaw`ALTER TABLE idempotency_record ADD CONSTRAINT no_answers CHECK (sealed IS NULL) NOT VALID`;
    expect((await call(agents, "POST", { token, body, headers })).status).toBeGreaterThanOrEqual(500);
    expect(await db().agent.count({ where: { name: body.name } })).toBe(0);
    await db().$executeRaw`ALTER TABLE idempotency_record DROP CONSTRAINT no_answers`;
    expect(await call(agents, "POST", { token, body, headers })).toMatchObject({ status: 201 });
    expect(await db().agent.count({ where: { name: body.name } })).toBe(1);
  });

  it("makes one of many at once, and nothing else but 409s", async () => {
    const { token } = await makeAdminToken();
    const body = await newAgent();
    const headers = newKey();
    const answers = await Promise.all(Array.from({ length: 6 }, () => call(agents, "POST", { token, body, headers })));
    const made = answers.filter(({ status }) => status === 201);
    expect(made.length).toBeGreaterThan(0);
    expect(new Set(made.map(({ text }) => text)).size).toBe(1);
    expect(
      answers.filter(({ status }) => status !== 201).every(({ json }) => json.code === "idempotency_in_progress"),
    ).toBe(true);
    expect(await db().agent.count({ where: { name: body.name } })).toBe(1);
  });
});
