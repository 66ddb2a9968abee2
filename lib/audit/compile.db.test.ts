import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { db, pool } from "@/lib/db";
import { newId } from "@/lib/id";
import { matches, type Row, type World } from "@/lib/testing/audit-interpreter";
import { queryArb, type Vocabulary } from "@/lib/testing/audit-query";
import { useTestDatabase } from "@/lib/testing/database";
import { makeAgent, makePerson, makeRole, makeServer } from "@/lib/testing/make";
import { makeTokenParties } from "@/lib/testing/make-token";
import { compileQuery } from "./compile";
import type { Query } from "./language/ast";
import { parse } from "./language/parse";
import { print } from "./language/print";

useTestDatabase();

const SEED = 22_061_000;
const RUNS = 500;
const ROWS = 300;
/** From there on stand the entries of what the test makes by verbs. */
const BEYOND = 1000;
const NOW = Date.parse("2026-11-21T10:00:30.250Z");

const world: World = { person: [], agent: [], server: [], token: [], role: [], tool: [] };
const rows: Row[] = [];
let vocabulary: Vocabulary = { words: ["x"] };

/** The same numbers each time (mulberry32). */
function numbers(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
const random = numbers(SEED);
const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
const maybe = <T>(value: () => T, chance = 0.5): T | null => (random() < chance ? value() : null);

const ACTIONS = ["token.validate", "token.validate", "token.introspect", "token.mint", "token.revoke", "role.update", "session.sign_in", "oauth.reuse", "audit.export"]; // prettier-ignore
const SCOPES = ["tickets:read", "tickets:write", "wiki:read", 'odd"one'];
const TOOLS = ["close_ticket", "close_all", "list_tickets", 'say "100%_\\"'];
const ADDRESSES = ["10.1.2.3", "10.1.2.30", "10.7.0.1", "192.168.1.1", "fd00::7", "fe80::1", "not an address"];
const WORDS = ["refund", "Refund", "zebra", 'a "quoted" word', "100%_\\", "tickets:read", "rol_", "durationMs"];

function rowAt(idx: number): Row {
  const id = (kind: keyof World) => pick(world[kind]).id;
  const kind = pick(["person", "token", "agent", "server", "system", "anonymous"]);
  const role = maybe(() => id("role"), 0.3);
  const tokenId = maybe(() => id("token"));
  const target = maybe(() => pick(["person", "agent", "server", "token", "role"] as const), 0.4);
  const several = maybe(() => world.server.map((server) => server.id), 0.2);
  const list = () => SCOPES.filter(() => random() < 0.3);
  const body = {
    actor: {
      kind,
      ...maybe(() => ({ credential: { kind: "session", id: "ses_1", ...maybe(() => ({ scopes: list() })) } }), 0.3),
    },
    // Looks like what stands outside of it, and is not.
    arguments: maybe(() => ({ role: { id: id("role") }, durationMs: 7, note: pick(WORDS) })) ?? pick(WORDS),
    ...(tokenId ? { credential: { id: tokenId, kind: pick(["static", "oauth"]), scopes: list() } } : {}),
    ...maybe(() => ({ durationMs: pick([0, 3, 12.5, 100, 250.125, 399]) })),
    ...maybe(() => ({ missingScopes: list(), requiredScopes: list() }), 0.3),
    ...(role ? { role: { id: role, name: null } } : {}),
  };
  return {
    idx,
    occurredMicros: Math.floor((NOW - 3 * 86_400_000) * 1000 + (idx / ROWS) * 3 * 86_400_000_000 + random() * 1000),
    action: pick(ACTIONS),
    outcome: pick(["allow", "deny", "success", "failure", "denied"]),
    reason: maybe(() => pick(["ok", "expired", "revoked", "insufficient_scope"])),
    actor_kind: kind,
    actor_id: kind === "anonymous" ? null : kind === "system" ? "system:keeper" : id(kind as keyof World),
    person_id: maybe(() => id("person")),
    agent_id: maybe(() => id("agent")),
    server_id: several ? null : maybe(() => id("server")),
    server_ids: several,
    token_id: tokenId,
    target_kind: target,
    target_id: target && id(target),
    tool: maybe(() => pick(TOOLS)),
    ip: maybe(() => pick(ADDRESSES), 0.8),
    request_id: maybe(() => pick(["req_a", "req_b", "other"]), 0.9),
    trace_id: maybe(() => pick(["4bf92f35", "00f067aa"]), 0.3),
    session_id: maybe(() => pick(["ses_1", "ses_2"]), 0.3),
    body: JSON.stringify(body),
    badges: maybe(() => [pick(["new_address", "woke", "revoked_use"])], 0.2) ?? [],
  };
}

async function makeWorld() {
  const people = [
    await makePerson({ name: "Ana Moreau", email: "ana@harbour.example" }),
    await makePerson({ name: "Ben 100%_" }),
  ];
  await makeAgent(people[0]?.id ?? "", { name: "Nightly backfill" });
  await makeAgent(people[1]?.id ?? "", { name: "ana's helper" });
  const servers = [
    await makeServer({ name: "Ticket desk", slug: "desk" }),
    await makeServer({ name: "Wiki", slug: "wiki" }),
  ];
  const parties = await makeTokenParties();
  const tokens = [await parties.mint({ name: "CI of Ana" }), await parties.mint({ name: "Laptop" })];
  const role = await makeRole([servers[0]?.id ?? ""], ["tickets:*"]);
  await db().role.update({ where: { id: role.id }, data: { name: "Support, first line" } });
  const all = {
    person: await db().person.findMany(),
    agent: await db().agent.findMany(),
    server: await db().mcpServer.findMany(),
    role: await db().role.findMany(),
    tool: await db().tool.findMany(),
  };
  Object.assign(world, {
    person: all.person.map(({ id, name, email }) => ({ id, names: [name, email] })),
    agent: all.agent.map(({ id, name }) => ({ id, names: [name] })),
    server: all.server.map(({ id, name, slug, resource }) => ({ id, names: [name, slug, resource] })),
    role: all.role.map(({ id, name }) => ({ id, names: [name] })),
    tool: all.tool.map(({ id, name }) => ({ id, names: [name] })),
    token: tokens.map(({ id, name, token }) => ({
      id,
      names: [name],
      exact: [token.slice(-4), `gth_ro_…${token.slice(-4)}`],
    })),
  });
  const ids = (kind: keyof World) => world[kind].slice(0, 2).map(({ id }) => id);
  const things = [
    ...people.map(({ name }) => name),
    "ana",
    "BEN",
    "desk",
    "Wiki",
    "backfill",
    "CI of Ana",
    "100%_",
    "nobody",
    "_",
  ];
  vocabulary = {
    words: WORDS,
    actor: [...things, ...ids("person"), ...ids("server"), "system", "anonymous"],
    person: [...things, ...ids("person")],
    agent: [...things, ...ids("agent")],
    server: [...things, ...ids("server")],
    token: [...things, ...world.token.flatMap(({ id, exact = [] }) => [id, ...exact])],
    role: ["support", "Support, first line", ...ids("role"), ...world.role.slice(-1).map(({ id }) => id)],
    target: [...things, ...ids("role"), "close_ticket"],
    tool: [...TOOLS, "close_", "none"],
    scope: [...SCOPES, "tickets", "none"],
    credential: ["static", "oauth", "session", "ses_1", ...ids("token")],
    action: [...ACTIONS, "token.", "session.revoke"],
    reason: ["ok", "expired", "insufficient_scope", "none"],
    request: ["req_a", "other", "none"],
    trace: ["4bf92f35", "none"],
    session: ["ses_1", "ses_", "none"],
  };
}

beforeAll(async () => {
  await pool().query("UPDATE audit_head SET next = $1", [BEYOND]);
  await makeWorld();
  for (let idx = 0; idx < ROWS; idx++) rows.push(rowAt(idx));
  const stored = rows.map(({ badges: _badges, occurredMicros, ...row }) => {
    const occurred_at = new Date(Math.floor(occurredMicros / 1000))
      .toISOString()
      .replace("Z", `${String(occurredMicros % 1000).padStart(3, "0")}Z`);
    return { ...row, id: crypto.randomUUID(), occurred_at, recorded_at: occurred_at, leaf: `\\x${"00".repeat(32)}` };
  });
  await pool().query("INSERT INTO audit_entry SELECT * FROM jsonb_populate_recordset(NULL::audit_entry, $1::jsonb)", [
    JSON.stringify(stored),
  ]);
  await db().auditBadge.createMany({ data: rows.flatMap(({ idx, badges }) => badges.map((kind) => ({ idx, kind }))) });
});

async function found(query: Query): Promise<number[]> {
  const where = await compileQuery(db(), query, NOW);
  const { rows: matching } = await pool().query<{ idx: string }>(
    `SELECT idx FROM audit_entry WHERE ${where.text} AND idx < ${BEYOND} ORDER BY idx`,
    where.values,
  );
  return matching.map(({ idx }) => Number(idx));
}

const expected = (query: Query) => rows.filter((row) => matches(query, row, world, NOW)).map(({ idx }) => idx);

function read(source: string): Query {
  const parsed = parse(source);
  if (!parsed.ok) throw new Error(`${source}: ${parsed.errors[0].message}`);
  return parsed.query;
}

describe("compileQuery", () => {
  it("finds exactly what the query means, for random queries over random entries", async () => {
    let some = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constant(null).chain(() => queryArb(vocabulary)),
        async (query) => {
          const indices = await found(query);
          expect(indices, print(query)).toEqual(expected(query));
          if (indices.length > 0 && indices.length < ROWS) some++;
        },
      ),
      { numRuns: RUNS, seed: SEED },
    );
    expect(some, "queries that find some and not all").toBeGreaterThan(RUNS / 4);
  }, 120_000);

  it.each([
    "agent:backfill",
    "-agent:backfill",
    "-agent:*",
    "-(agent:backfill tool:close_*)",
    "NOT (reason:expired OR NOT tool:*)",
    "role:support",
    "-role:support",
    "duration:3",
    "duration:12",
    "duration:>=100",
    "duration:12.5..250.125",
    "scope:tickets:*",
    'scope:"odd""one"',
    "credential:oauth -credential:session",
    "badge:*",
    "operation:authentication,remove",
    "created:-1d..-12h index:>=200",
    "created:2026-11-20T00:00..2026-11-20T11:59",
    "created:yesterday OR actor:system",
    "ip:10.0.0.0/12,fd00::/8",
    '"100%_\\"',
    "-refund -zebra",
    "actor:*,anonymous tool:close_*",
  ])("finds exactly what %j means, and not all or nothing", async (source) => {
    const indices = await found(read(source));
    expect(indices).toEqual(expected(read(source)));
    expect(indices.length).toBeGreaterThan(0);
    expect(indices.length).toBeLessThan(ROWS);
  });

  it.each([
    "' OR 1=1 --",
    "'); DROP TABLE audit_entry; --",
    "$1",
    "%",
    "_",
    "\\",
    "{a,b}",
    "NULL",
    "\\x00",
    "::text",
    "' || pg_sleep(9) || '",
  ])("takes %j for a text in every qualifier that has texts, and finds nothing by it", async (attack) => {
    const quoted = `"${attack.replaceAll('"', '""')}"`;
    for (const name of [
      "actor",
      "person",
      "agent",
      "server",
      "token",
      "role",
      "target",
      "tool",
      "scope",
      "credential",
      "reason",
      "request",
      "trace",
      "session",
    ]) {
      const query = read(`${name}:${quoted} OR ${name}:${quoted}*`);
      expect(await found(query), name).toEqual(expected(query));
    }
    expect(await found(read(quoted))).toEqual(expected(read(quoted)));
    expect((await pool().query(`SELECT count(*)::int AS n FROM audit_entry WHERE idx < ${BEYOND}`)).rows).toEqual([
      { n: ROWS },
    ]);
  });

  it("says so where a name means more things than a search may name, at the name's place", async () => {
    const owner = await makePerson();
    await db().agent.createMany({
      data: Array.from({ length: 501 }, (_, i) => ({
        id: newId("agent"),
        name: `fleet ${i}`,
        kind: "machine",
        ownerId: owner.id,
      })),
    });
    await expect(compileQuery(db(), read("x agent:fleet"), NOW)).rejects.toMatchObject({
      code: "validation_failed",
      fields: [{ path: "q", from: 8, to: 13, message: expect.stringContaining("more than 500") }],
    });
  });
});
