import { readFile } from "node:fs/promises";
import { request } from "node:http";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { db } from "@/lib/db";
import { cacheFacts, underLease } from "@/lib/testing/caching";
import { systemCtx } from "@/lib/testing/ctx";
import { useTestDatabase } from "@/lib/testing/database";
import { makeHolder, makeRole, makeServer } from "@/lib/testing/make";
import { makeSink } from "@/lib/testing/sinks";
import { makeKey, makeToken } from "@/lib/testing/make-credentials";
import { revokeTokens } from "@/lib/token/revoke";
import { stopCaching } from "@/lib/validate/fact-cache";
import { closeMachine } from "./routes";
import { startAuthority } from "./testing/authority";

useTestDatabase();

let authority: Awaited<ReturnType<typeof startAuthority>>;
let key: string;
let token: { id: string; secret: string };
let mint: () => Promise<{ id: string; secret: string }>;
beforeAll(async () => {
  authority = await startAuthority();
  const server = await makeServer();
  const role = await makeRole([server.id], ["tickets:*"]);
  const person = await makeHolder(role.id);
  key = (await makeKey(server.id)).secret;
  mint = () => makeToken({ personId: person.id, roleId: role.id, serverIds: [server.id] });
  token = await mint();
});
beforeEach(cacheFacts);
afterAll(async () => {
  await authority.close();
  await closeMachine();
});

const at = (path: string) => `http://127.0.0.1:${authority.port}${path}`;
const headers = () => ({ authorization: `Bearer ${key}`, "content-type": "application/json" });
async function ask(path: string, body: object): Promise<unknown> {
  const answer = await fetch(at(path), { method: "POST", headers: headers(), body: JSON.stringify(body) });
  expect(answer.status).toBe(200);
  return answer.json();
}
/** One scrape: a sample's value by its name and labels; 0 where there is none. */
type Scraped = (sample: string) => number;
const validate = (secret = token.secret) => ask("/api/v1/validate", { token: secret, tool: "list_tickets" });
const ready = async () => {
  const answer = await fetch(at("/readyz"));
  return { status: answer.status, body: await answer.json() };
};

/** What the metrics say now. */
async function scrape(): Promise<Scraped> {
  const text = await (await fetch(at("/metrics"))).text();
  const samples = new Map(
    text
      .split("\n")
      .filter((line) => line && !line.startsWith("#"))
      .map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
  );
  return (sample) => samples.get(sample) ?? 0;
}

/** Does the work while the database holds what the statement locks. */
async function whileHeld<T>(statement: string, work: () => Promise<T>): Promise<T> {
  const blocker = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await blocker.connect();
  try {
    await blocker.query(`BEGIN; ${statement}`);
    return await work();
  } finally {
    await blocker.end();
  }
}

describe("/readyz", () => {
  it("is 200 where the database answers, has every migration, and the lease is held", async () => {
    const answer = await underLease(ready);
    expect(answer).toEqual({
      status: 200,
      body: { status: "ready", checks: { database: true, migrations: true, lease: true } },
    });
  });

  it("is 503 without the lease, and says that it is the lease", async () => {
    await stopCaching();
    expect(await ready()).toMatchObject({ status: 503, body: { checks: { database: true, lease: false } } });
  });

  it("is 503 where a migration is missing, and says so", async () => {
    const [last] = await db().$queryRaw<{ id: string }[]>`
      SELECT id FROM _prisma_migrations ORDER BY migration_name DESC LIMIT 1`;
    await db().$executeRaw`UPDATE _prisma_migrations SET finished_at = NULL WHERE id = ${last?.id}`;
    const answer = await ready();
    await db().$executeRaw`UPDATE _prisma_migrations SET finished_at = now() WHERE id = ${last?.id}`;
    expect(answer).toMatchObject({ status: 503, body: { checks: { database: true, migrations: false } } });
  });

  it("is 503 where the database does not answer in time, and /healthz 200 all the same", async () => {
    await whileHeld("LOCK TABLE _prisma_migrations IN ACCESS EXCLUSIVE MODE", async () => {
      expect(await ready()).toMatchObject({ status: 503, body: { checks: { database: false } } });
      expect((await fetch(at("/healthz"))).status).toBe(200);
    });
  });
});

describe("/metrics", () => {
  it("tells every metric that docs/operations.md names", async () => {
    await validate();
    const documented = new Set((await readFile("docs/operations.md", "utf8")).match(/gatehouse_[a-z_]+(?=[{`])/g));
    expect(documented.size).toBeGreaterThan(10);
    const text = await (await fetch(at("/metrics"))).text();
    const told = new Set([...text.matchAll(/^# TYPE (gatehouse_\w+) /gm)].map(([, name]) => name));
    expect([...told].sort()).toEqual([...documented].sort());
  });

  it("counts decisions by outcome and true reason, and how long answers took, one by one and in batches", async () => {
    const before = await scrape();
    await validate();
    await validate("hunter2");
    await ask("/api/v1/validate/batch", { items: Array.from({ length: 3 }, () => ({ token: token.secret })) });
    const after = await scrape();
    const grown = (sample: string) => after(sample) - before(sample);
    const decisions = (outcome: string, reason: string) =>
      grown(`gatehouse_decisions_total{action="token.validate",outcome="${outcome}",reason="${reason}"}`);
    expect([decisions("allow", "ok"), decisions("deny", "malformed")]).toEqual([4, 1]);
    const took = (call: string) => [
      grown(`gatehouse_validate_duration_seconds_count{call="${call}"}`),
      grown(`gatehouse_validate_duration_seconds_bucket{call="${call}",le="+Inf"}`),
      grown(`gatehouse_validate_duration_seconds_sum{call="${call}"}`) > 0,
    ];
    expect([took("single"), took("batch")]).toEqual([
      [2, 2, true],
      [1, 1, true],
    ]);
    expect(grown("gatehouse_audit_batch_entries_sum")).toBe(5);
    expect(grown("gatehouse_audit_batch_entries_count")).toBe(3);
    expect(grown("gatehouse_audit_commit_duration_seconds_count")).toBe(3);
    expect(grown("gatehouse_audit_commit_duration_seconds_sum")).toBeGreaterThan(0);
  });

  it("counts answers by route, method and status", async () => {
    const route = "/api/v1/validate";
    const count = `gatehouse_http_requests_total{route="${route}",method="POST",status="401"}`;
    const took = `gatehouse_http_request_duration_seconds_count{route="${route}"}`;
    const before = await scrape();
    await (await fetch(at(route), { method: "POST", body: "{}" })).text();
    await vi.waitFor(async () => {
      const after = await scrape();
      expect([after(count) - before(count), after(took) - before(took)]).toEqual([1, 1]);
    });
  });

  it("tells what is under way, and what waits for its commit", async () => {
    const underWay = "gatehouse_http_requests_under_way";
    await vi.waitFor(async () => expect((await scrape())(underWay)).toBe(1)); // the scrape itself
    const open = request(at("/api/v1/validate"), { method: "POST", headers: { ...headers(), "content-length": 100 } });
    open.on("error", () => undefined);
    open.write("{");
    await vi.waitFor(async () => expect((await scrape())(underWay)).toBe(2));
    open.destroy();
    await vi.waitFor(async () => expect((await scrape())(underWay)).toBe(1));

    const waiting = "gatehouse_audit_entries_waiting";
    expect((await scrape())(waiting)).toBe(0);
    let call: Promise<unknown> = Promise.resolve();
    await whileHeld("SELECT * FROM audit_head FOR UPDATE", async () => {
      call = fetch(at("/api/v1/validate"), { method: "POST", headers: headers(), body: '{"token":"x"}' });
      await vi.waitFor(async () => expect((await scrape())(waiting)).toBe(1), { interval: 5 });
    });
    await call;
    await vi.waitFor(async () => expect((await scrape())(waiting)).toBe(0));
  });

  it("tells how long the lease lasts, up to which change it has applied, and what the cache holds and answered", async () => {
    const mine = await mint();
    const hits = 'gatehouse_cache_lookups_total{table="tokens",result="hit"}';
    const misses = 'gatehouse_cache_lookups_total{table="tokens",result="miss"}';
    const entries = 'gatehouse_cache_entries{table="tokens"}';
    const [before, once, twice] = await underLease(async () => {
      const seen = [await scrape()];
      for (const _turn of [1, 2]) {
        await validate(mine.secret);
        seen.push(await scrape());
      }
      return seen as [Scraped, Scraped, Scraped];
    });
    expect(once(misses)).toBeGreaterThan(before(misses));
    expect(once(entries)).toBe(before(entries) + 1);
    expect(twice(hits)).toBeGreaterThan(once(hits));
    expect(twice(misses)).toBe(once(misses));
    const remaining = twice("gatehouse_lease_remaining_seconds");
    expect(remaining).toBeGreaterThan(0);
    expect(remaining).toBeLessThanOrEqual(1);
    const cursor = twice("gatehouse_lease_cursor");
    await revokeTokens(systemCtx(), { by: "tokens", id: mine.id, urgent: false });
    await vi.waitFor(async () => expect((await scrape())("gatehouse_lease_cursor")).toBeGreaterThan(cursor));
    await stopCaching();
    expect((await scrape())("gatehouse_lease_remaining_seconds")).toBe(0);
  });

  it("tells how far each sink has got, and nothing of its name", async () => {
    const sink = await makeSink("webhook", { url: "https://hooks.example.com" }, { name: "Secret project" });
    await db().auditDeadLetter.create({ data: { sinkId: sink.id, idx: 0n, error: "It answered 400." } });
    await db().auditSink.update({ where: { id: sink.id }, data: { shipped: 41n, failuresTotal: 2n } });
    await vi.waitFor(async () => {
      const sample = await scrape();
      const of = (name: string) => sample(`gatehouse_sink_${name}{sink="${sink.id}",kind="webhook"}`);
      expect(["lag_entries", "dead_letters", "failures_total", "shipped_total", "missed_total"].map(of)).toEqual([1, 1, 2, 41, 0]); // prettier-ignore
      expect(of("lag_seconds")).toBeGreaterThan(0);
    });
    expect(await (await fetch(at("/metrics"))).text()).not.toContain("Secret project");
  });
});
