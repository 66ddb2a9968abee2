import { beforeAll, describe, expect, it } from "vitest";
import { db, pool } from "@/lib/db";
import { anonymousCtx, ctxOf, personCtx, systemCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { makeAgent, makePerson, makeServer } from "@/lib/testing/make";
import { recordAlone } from "@/lib/verb";
import type { EntryDraft } from "./entry";
import { countAudit } from "./count";
import { exportAudit } from "./export";
import { facetsAudit } from "./facets";
import { bucketsOf, histogramAudit } from "./histogram";
import { auditEntrySchema, auditFilterSchema, exportAuditSchema, searchAuditSchema, type AuditFilter } from "./schema";
import { newerCursor } from "./find";
import { getEntry, searchAudit } from "./search";
import { tailAudit } from "./tail";

useTestDatabase();

const T0 = Date.parse("2026-03-01T00:00:00Z") / 1000;
const made = { ada: "", agent: "", server: "", other: "" };

/** An entry `minutes` after T0. */
const put = (minutes: number, draft: Partial<EntryDraft>, more: Parameters<typeof systemCtx>[0] = {}) =>
  recordAlone(systemCtx({ nowSeconds: () => T0 + minutes * 60, ...more }), [
    { action: "token.validate", outcome: "allow", reason: "ok", ...draft },
  ]);

beforeAll(async () => {
  const ada = await makePerson({ name: "Ada Lovelace", email: "ada@example.com", consoleRole: "admin" });
  const agent = await makeAgent(ada.id, { name: "Nightly backfill" });
  const server = await makeServer({ name: "Ticket desk", slug: "desk" });
  const other = await makeServer({ name: "Wiki", slug: "wiki" });
  Object.assign(made, { ada: ada.id, agent: agent.id, server: server.id, other: other.id });
  const onDesk = { server: { id: server.id, name: "Ticket desk" }, agent: { id: agent.id, name: agent.name } };
  for (let i = 0; i < 30; i++) await put(i, { ...onDesk, tool: "list_tickets", clientIp: `10.1.2.${i}` });
  for (let i = 30; i < 36; i++)
    await put(i, { ...onDesk, outcome: "deny", reason: "expired", tool: "close_ticket", clientIp: "10.2.0.1" });
  await put(40, { server: { id: other.id }, tool: 'say "100%_\\"', clientIp: "fd00::7", arguments: { note: "zebra" } });
  await put(41, { server: { id: other.id }, clientIp: "not an address" });
  await recordAlone(personCtx({ ...ada, consoleRole: "admin" }, { requestId: "req_special", nowSeconds: () => T0 + 3000 }), [
    { action: "token.mint", outcome: "success", target: { kind: "token", id: "tok_1", name: "=HYPERLINK(1)" } },
    { action: "token.revoke", outcome: "success", target: { kind: "token", id: "tok_1" }, person: { id: ada.id } },
  ]); // prettier-ignore
});

const search = async (filter: Partial<AuditFilter> & { limit?: number; cursor?: string } = {}) =>
  searchAudit(systemCtx(), searchAuditSchema.parse({ readings: false, ...filter }));
const count = async (filter: Partial<AuditFilter>) =>
  (await countAudit(systemCtx(), auditFilterSchema.parse({ readings: false, ...filter }))).count;

describe("searchAudit", () => {
  it("answers DTOs of the agreed shape, newest first, with microseconds and the exact body", async () => {
    const { items } = await search({ limit: 3 });
    for (const item of items) expect(auditEntrySchema.parse(item)).toEqual(item);
    expect(items[0]).toMatchObject({ action: "token.revoke", actor: { kind: "person", name: "Ada Lovelace" } });
    expect(items[0]?.occurredAt).toBe("2026-03-01T00:50:00.000000Z");
    expect(items.map(({ index }) => index)).toEqual([39, 38, 37]);
  });

  it.each([
    ["nothing", {}, 40],
    ["an action", { action: ["token.mint"] }, 1],
    ["an action's beginning", { action: ["token.*"] }, 40],
    ["an action that is none", { action: ["nonsense.*"] }, 0],
    ["outcomes", { outcome: ["deny", "success"] }, 8],
    ["a reason", { reason: ["expired"] }, 6],
    ["a server by a part of its name", { server: "icket d" }, 36],
    ["a server by its slug", { server: "wiki" }, 2],
    ["a server by a name that is none", { server: "no such" }, 0],
    ["an agent by name", { agent: "backfill" }, 36],
    ["a person by e-mail", { person: "ADA@example" }, 2],
    ["an actor by name", { actor: "Lovelace" }, 2],
    ["an actor by kind", { actor: "system" }, 38],
    ["a token by id, as target", { token: "tok_1" }, 2],
    ["a tool", { tool: "close_ticket" }, 6],
    ["an address", { ip: "10.1.2.7" }, 1],
    ["a network of whole octets", { ip: "10.1.0.0/16" }, 30],
    ["a network of odd size", { ip: "10.0.0.0/14" }, 36],
    ["a network of IPv6", { ip: "fd00::/8" }, 1],
    ["an address's beginning", { ip: "10.1.2.1" }, 1],
    ["a request", { requestId: "req_special" }, 2],
    ["a time range, its end excluded", { from: "2026-03-01T00:30:00Z", to: "2026-03-01T00:33:00Z" }, 3],
    ["a time range in another zone", { from: "2026-03-01T01:30:00+01:00", to: "2026-03-01T01:33:00+01:00" }, 3],
    ["free text", { q: "zebra" }, 1],
    ["free text with LIKE's and JSON's signs taken literally", { q: '"100%_\\"' }, 1],
    ["two words, both needed", { q: "zebra list_tickets" }, 0],
    ["a word that must not occur", { q: "-list_tickets -close_ticket" }, 4],
    ["SQL", { q: '"\'; DROP TABLE audit_entry; --"', tool: "' OR 1=1", server: "') OR (1=1" }, 0],
    ["a query", { q: "outcome:deny -tool:list_* (server:desk OR zebra)" }, 6],
    [
      "a query and older fields together",
      { q: "agent:backfill", outcome: ["allow"], from: "2026-03-01T00:10:00Z" },
      20,
    ],
    ["a time range of a query", { q: "created:2026-03-01T00:30..2026-03-01T00:32" }, 3],
    ["several", { server: "desk", outcome: ["deny"], tool: "close_ticket", ip: "10.2.0.0/24" }, 6],
  ] as [string, Partial<AuditFilter>, number][])("filters by %s", async (_name, filter, expected) => {
    expect((await search({ ...filter, limit: 200 })).items).toHaveLength(expected);
    expect(await count(filter)).toBe(expected);
  });

  it("pages to the oldest without gaps or doubles while entries are written, and back to the newest", async () => {
    const filter = { server: made.server };
    const seen: number[] = [];
    const cursors: (string | undefined)[] = [];
    let cursor: string | undefined;
    do {
      cursors.push(cursor);
      const page = await search({ ...filter, limit: 10, cursor });
      seen.push(...page.items.map(({ index }) => index));
      await put(60, { server: { id: made.other } });
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(seen).toEqual([...Array(36).keys()].reverse());

    const input = searchAuditSchema.parse({ readings: false, ...filter, limit: 10, cursor: cursors.at(-1) });
    const lastPage = await searchAudit(systemCtx(), input);
    const newer = newerCursor(input, lastPage.items) ?? "";
    const before = await search({ ...filter, limit: 10, cursor: newer });
    expect(before.items.map(({ index }) => index)).toEqual([15, 14, 13, 12, 11, 10, 9, 8, 7, 6]);
    expect(before.nextCursor).not.toBeNull();
  });

  it("answers invalid_cursor for a cursor of another filter, and for one that was tampered with", async () => {
    const { nextCursor } = await search({ limit: 2 });
    await expect(search({ limit: 2, outcome: ["deny"], cursor: nextCursor ?? "" })).rejects.toMatchObject({ code: "invalid_cursor" }); // prettier-ignore
    await expect(search({ cursor: `${nextCursor}A` })).rejects.toMatchObject({ code: "invalid_cursor" });
  });

  it("answers validation_failed for what is no network", async () => {
    await expect(search({ ip: "10.0.0.0/99" })).rejects.toMatchObject({ code: "validation_failed", fields: [{ path: "ip" }] }); // prettier-ignore
  });

  it("answers validation_failed for a faulty query, with every fault's place and sentence", async () => {
    await expect(search({ q: "servr:x outcome:nope" })).rejects.toMatchObject({
      code: "validation_failed",
      fields: [
        { path: "q", code: "bad_query", from: 0, to: 6, message: expect.stringContaining("Did you mean server:?") },
        {
          path: "q",
          code: "bad_query",
          from: 16,
          to: 20,
          message: expect.stringContaining("There is no outcome nope"),
        },
      ],
    });
  });

  it("refuses a member, a server and nobody, with one entry each", async () => {
    const member = await makePerson();
    const server = ctxOf({ kind: "server", serverId: "srv_x", keyId: "key_x", name: "x", permissions: new Set() });
    for (const ctx of [personCtx({ ...member, consoleRole: "member" }), server, anonymousCtx()]) {
      for (const verb of [searchAudit, countAudit, histogramAudit, facetsAudit]) {
        const { error, entries } = await observe(() => verb(ctx, searchAuditSchema.parse({})) as Promise<unknown>);
        expect(error).toMatchObject({ code: ctx === server || ctx.actor.kind === "person" ? "forbidden" : "unauthenticated" }); // prettier-ignore
        expect(entries).toMatchObject([{ action: "audit.search", outcome: "denied" }]);
      }
    }
  });

  it("lets an auditor read, with one entry for all pages of a search that tells what for", async () => {
    const auditor = await makePerson({ consoleRole: "auditor" });
    const ctx = personCtx({ ...auditor, consoleRole: "auditor" });
    const { result, entries } = await observe(async () => {
      const first = await searchAudit(ctx, searchAuditSchema.parse({ server: made.server, limit: 10 }));
      return searchAudit(ctx, searchAuditSchema.parse({ server: made.server, limit: 10, cursor: first.nextCursor }));
    });
    expect(result?.items.length).toBeGreaterThan(0);
    expect(entries).toMatchObject([
      { action: "audit.search", outcome: "success", body: { details: { filter: { server: made.server } } } },
    ]);
  });

  it("keeps to the log as it was when it had a size, and times are counted from its last entry then", async () => {
    const pinned = { below: 36, from: "2026-03-01T00:00:00Z" };
    expect((await search({ ...pinned, limit: 200 })).items.map(({ index }) => index)).toEqual(
      [...Array(36).keys()].reverse(),
    );
    expect(await count(pinned)).toBe(36);
    const histogram = await histogramAudit(systemCtx(), auditFilterSchema.parse(pinned));
    expect(histogram.total).toBe(36);
    expect(Date.parse(histogram.buckets.at(-1)?.to ?? "")).toBeLessThanOrEqual(T0 * 1000 + 36 * 60_000);
    expect((await search({ below: 36, q: "created:-10m", limit: 200 })).items).toHaveLength(11);
    const exported = await exportAudit(systemCtx(), exportAuditSchema.parse({ below: 5, format: "ndjson" }));
    let text = "";
    for await (const chunk of exported.chunks) text += chunk;
    expect(text.trimEnd().split("\n")).toHaveLength(5);
  });
});

describe("tailAudit", () => {
  it("gives each match that is new once, newest first, and says where to go on", async () => {
    const filter = auditFilterSchema.parse({ q: "tail-of-it", readings: false });
    const start = await tailAudit(systemCtx(), { filter, next: 0 });
    expect(start.items).toEqual([]);
    for (const tool of ["tail-of-it-1", "else", "tail-of-it-2"]) await put(70, { tool });
    const { items, next } = await tailAudit(systemCtx(), { filter, next: start.next });
    expect(items.map(({ tool }) => tool)).toEqual(["tail-of-it-2", "tail-of-it-1"]);
    expect(await tailAudit(systemCtx(), { filter, next })).toMatchObject({ items: [] });
  });

  it("leaves one entry however often it asks, and refuses a member", async () => {
    const auditor = await makePerson({ consoleRole: "auditor" });
    const ctx = personCtx({ ...auditor, consoleRole: "auditor" });
    const filter = auditFilterSchema.parse({ q: "nothing like it" });
    const { entries } = await observe(async () => {
      for (let i = 0; i < 5; i++) await tailAudit(ctx, { filter, next: 0 });
    });
    expect(entries).toMatchObject([{ action: "audit.search" }]);
    const member = await makePerson();
    await expect(tailAudit(personCtx(member), { filter, next: 0 })).rejects.toMatchObject({ code: "forbidden" });
  });
});

describe("getEntry", () => {
  it("finds by id and by index, and answers entry_not_found for anything else", async () => {
    const byIndex = await getEntry(systemCtx(), { id: "38" });
    expect(await getEntry(systemCtx(), { id: byIndex.id })).toEqual(byIndex);
    for (const id of ["018f3c1e-9f2b-7c4d-8e6f-0123456789ab", "99999999", "x", "' OR 1=1"])
      await expect(getEntry(systemCtx(), { id })).rejects.toMatchObject({ code: "entry_not_found" });
  });

  it("leaves an entry that says which one was opened, once for the same reader", async () => {
    const auditor = await makePerson({ consoleRole: "auditor" });
    const ctx = personCtx({ ...auditor, consoleRole: "auditor" });
    const { entries } = await observe(async () => [
      await getEntry(ctx, { id: "38" }),
      await getEntry(ctx, { id: "38" }),
    ]);
    expect(entries).toMatchObject([{ action: "audit.read", outcome: "success", body: { details: { index: 38 } } }]);
  });
});

describe("histogramAudit", () => {
  it("counts every match by outcome in at most 60 buckets without gaps", async () => {
    const filter = auditFilterSchema.parse({ from: "2026-03-01T00:00:00Z", to: "2026-03-01T00:55:00Z" });
    const { buckets, total, widthSeconds } = await histogramAudit(systemCtx(), filter);
    expect([buckets.length, widthSeconds, total]).toEqual([55, 60, 40]);
    expect(buckets[31]).toMatchObject({ from: "2026-03-01T00:31:00.000Z", total: 1, outcomes: { deny: 1 } });
    expect(buckets.every((bucket, i) => i === 0 || bucket.from === buckets[i - 1]?.to)).toBe(true);
  });

  it("finds a round width for any range", () => {
    for (const seconds of [0.5, 1, 59, 61, 3600, 86_400, 7 * 86_400, 400 * 86_400, 90_000 * 86_400]) {
      const { start, width, count } = bucketsOf(T0 + 7, T0 + 7 + seconds);
      expect(count).toBeLessThanOrEqual(60);
      expect(start).toBeLessThanOrEqual(T0 + 7);
      expect(start + width * count).toBeGreaterThanOrEqual(T0 + 7 + seconds);
    }
  });
});

describe("facetsAudit", () => {
  it("counts values with names, each dimension without its own filter", async () => {
    const filter = auditFilterSchema.parse({ outcome: ["deny"], server: made.server });
    const { facets, exact } = await facetsAudit(systemCtx(), filter);
    expect(exact).toBe(true);
    expect(facets.outcome).toEqual([
      { value: "allow", count: 30, name: null },
      { value: "deny", count: 6, name: null },
    ]);
    expect(facets.reason).toEqual([{ value: "expired", count: 6, name: null }]);
    expect(facets.server).toEqual([{ value: made.server, count: 6, name: "Ticket desk" }]);
    expect(facets.agent).toEqual([{ value: made.agent, count: 6, name: "Nightly backfill" }]);
  });
});

describe("exportAudit", () => {
  const collect = async (format: "csv" | "ndjson", filter: Partial<AuditFilter> = {}) => {
    const made = await exportAudit(systemCtx(), exportAuditSchema.parse({ ...filter, format }));
    let text = "";
    for await (const chunk of made.chunks) text += chunk;
    return { ...made, text };
  };

  it("writes every match as NDJSON whose leaf is the hash of the body's own bytes, and records the export and its filter", async () => {
    const { result, entries } = await observe(() => collect("ndjson", { server: made.server }));
    const lines = result?.text.trimEnd().split("\n") ?? [];
    expect(lines.map((line) => (JSON.parse(line) as { index: number }).index)).toEqual([...Array(36).keys()]);
    const stored = await db().auditEntry.findFirstOrThrow({ where: { idx: 0 } });
    expect(lines[0]).toContain(`"leaf":"${Buffer.from(stored.leaf).toString("hex")}","body":${stored.body}}`);
    expect(entries).toMatchObject([
      { action: "audit.export", outcome: "success", body: { details: { format: "ndjson", filter: { server: made.server } } } },
    ]); // prettier-ignore
  });

  it("holds what was there at its start, not its own entry", async () => {
    const before = await count({ action: ["audit.export"] });
    const { text } = await collect("ndjson", { action: ["audit.export"] });
    expect(text.trimEnd().split("\n")).toHaveLength(before);
  });

  it("writes CSV by RFC 4180, and no cell that a spreadsheet would compute", async () => {
    const { text, filename, contentType } = await collect("csv", { token: "tok_1" });
    expect([filename.endsWith(".csv"), contentType]).toEqual([true, "text/csv; charset=utf-8"]);
    const lines = text.split("\r\n");
    expect(lines).toHaveLength(4);
    expect(lines[0]).toMatch(/^index,id,occurred_at,/);
    expect(lines[1]).toContain(",'=HYPERLINK(1),");
    expect(lines[1]).toContain('""action"":""token.mint""');
  });

  it("reads in batches: more entries than one batch come whole and in order", async () => {
    await pool().query(
      `WITH head AS (UPDATE audit_head SET next = next + 2500 WHERE id = 1 RETURNING next - 2500 AS first)
       INSERT INTO audit_entry (idx, id, occurred_at, action, outcome, actor_kind, tool, body, leaf)
       SELECT first + i, gen_random_uuid(), now(), 'tool.call', 'success', 'server', 'bulk', '{"v":1}', sha256('') FROM head, generate_series(0, 2499) i`,
    );
    const { text } = await collect("ndjson", { tool: "bulk" });
    const indices = text.trimEnd().split("\n").map((line) => (JSON.parse(line) as { index: number }).index); // prettier-ignore
    expect(indices).toHaveLength(2500);
    expect(indices.every((index, i) => i === 0 || index === (indices[i - 1] ?? 0) + 1)).toBe(true);
  });

  it("refuses a member, and records it", async () => {
    const member = await makePerson();
    const { error, entries } = await observe(() =>
      exportAudit(personCtx({ ...member, consoleRole: "member" }), exportAuditSchema.parse({ format: "csv" })),
    );
    expect(error).toMatchObject({ code: "forbidden" });
    expect(entries).toMatchObject([{ action: "audit.export", outcome: "denied" }]);
  });
});
