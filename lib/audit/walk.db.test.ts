import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { db, pool } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { systemCtx } from "@/lib/testing/ctx";
import { useTestDatabase } from "@/lib/testing/database";
import { dropPartitionsAhead, endPartition } from "@/lib/testing/partitions";
import { recordAlone } from "@/lib/verb";
import { countAudit } from "./count";
import { facetsAudit } from "./facets";
import { groundsOf } from "./grounds";
import { EVERYTHING } from "./language/ast";
import { histogramAudit } from "./histogram";
import { onReader } from "./reader";
import { auditFilterSchema, searchAuditSchema } from "./schema";
import { searchAudit } from "./search";
import { makePartitionsAhead } from "./storage/ahead";
import { noteBlocks } from "./storage/blocks";
import { closePartitions, indexClosedPartitions } from "./storage/close";
import { walk } from "./walk";

useTestDatabase();

const T0 = Date.parse("2026-03-01T00:00:00Z") / 1000;
const PARTS = 4;
const PER_PART = 1500;
const WORDS = ["refund", "Lieferung", "größer", "4711-A", "plain"];

/** What an entry holds, by its place: common and rare, ended and everywhere. */
function draftOf(nth: number) {
  const part = Math.floor(nth / PER_PART);
  return {
    action: nth % 50 === 7 ? "tool.call" : "token.validate",
    outcome: nth % 11 === 3 ? "deny" : "allow",
    reason: nth % 11 === 3 ? "expired" : "ok",
    agent: { id: `agt_${part === 1 ? "ended" : "here"}`, name: "A" },
    tool: `tool_${nth % 7}`,
    arguments: { note: `${WORDS[nth % WORDS.length]} ${nth === 1234 ? "zanzibar" : "nothing"}` },
  } as const;
}

beforeAll(async () => {
  const client = await pool().connect();
  for (let part = 0; part < PARTS; part++) {
    for (let at = 0; at < PER_PART; at += 500) {
      const drafts = Array.from({ length: 500 }, (_, nth) => draftOf(part * PER_PART + at + nth));
      await recordAlone(systemCtx({ nowSeconds: () => T0 + (part * PER_PART + at) * 60 }), drafts);
    }
    if (part < PARTS - 1) {
      await dropPartitionsAhead();
      await endPartition();
      await sleep(5);
    }
    await makePartitionsAhead(client);
    await closePartitions(client);
    if (part === 0) await indexClosedPartitions(client, () => false);
  }
  client.release();
});

const QUERIES = [
  "", "agent:agt_ended", "agent:agt_here outcome:deny", "agent:agt_nobody", "refund", "zanzibar", "ZANZIBAR nothing", "zanzibar refund", "größer",
  "GRÖSSER", "lieferung -tool:tool_3", '"4711-a"', '"refund nothing"', "refund OR zanzibar", "-refund -plain", "outcome:deny reason:expired tool:tool_1",
  "action:tool.call", "created:2026-03-02", "created:2026-03-01..2026-03-02 lieferung", "created:<2026-03-02 agent:agt_ended", "index:100..200", "index:>4000 refund",
  "tool:tool_* duration:>5", "nowhere-to-be-found",
]; // prettier-ignore

/** The same question without any of it: every entry, by the condition alone. */
async function naive(q: string, below = PARTS * PER_PART): Promise<number[]> {
  const { compileQuery } = await import("./compile");
  const { readFilter } = await import("./filter");
  const where = await compileQuery(db(), readFilter(auditFilterSchema.parse({ q, below })), Date.now());
  const { text, values } = Prisma.sql`SELECT idx FROM audit_entry WHERE ${where} ORDER BY idx DESC`;
  return (await pool().query<{ idx: string }>(text, values)).rows.map(({ idx }) => Number(idx));
}

/** All pages of a search, one after the other. */
async function paged(q: string, limit: number, most = Infinity): Promise<number[]> {
  const seen: number[] = [];
  let cursor: string | undefined;
  do {
    const page = await searchAudit(systemCtx(), searchAuditSchema.parse({ q, limit, cursor, below: PARTS * PER_PART }));
    seen.push(...page.items.map(({ index }) => index));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined && seen.length < most);
  return seen;
}

describe.each(["before blocks are noted", "with blocks"])("a search over several partitions, %s", (when) => {
  beforeAll(async () => {
    if (when === "before blocks are noted") return;
    const client = await pool().connect();
    while (await noteBlocks(client));
    client.release();
  });

  it.each(QUERIES)("answers %j as a plain scan of the log does, on every page", async (q) => {
    const expected = await naive(q);
    expect(await paged(q, 200)).toEqual(expected);
    expect((await paged(q, 7, 20)).slice(0, 20)).toEqual(expected.slice(0, 20));
    const filter = auditFilterSchema.parse({ q, below: PARTS * PER_PART });
    expect(await countAudit(systemCtx(), filter)).toEqual({ count: expected.length, exact: true });
    expect(await histogramAudit(systemCtx(), filter)).toMatchObject({ total: expected.length, exact: true });
  });
});

describe("a walk whose time is up", () => {
  it("stops where it is, says where, and going on from there misses nothing", async () => {
    const where = Prisma.sql`tool = 'tool_1'`;
    const seen: number[] = [];
    let beyond: number | null = null;
    let walks = 0;
    do {
      const { rows, reached } = await onReader(async (reader) => {
        const grounds = await groundsOf(reader, db(), EVERYTHING, Date.now());
        return walk<{ idx: string }>(reader, { columns: Prisma.sql`idx`, where, grounds, beyond, newer: false, limit: 10_000, budgetMs: 0 });
      }); // prettier-ignore
      seen.push(...rows.map(({ idx }) => Number(idx)));
      beyond = reached;
      walks++;
    } while (beyond !== null);
    expect(walks).toBeGreaterThan(1);
    expect(seen).toEqual(await naive("tool:tool_1"));
  });
});

describe("what is estimated", () => {
  it("is about right, and says that it is about", async () => {
    // More than are all read, in a partition of their own.
    const client = await pool().connect();
    for (let at = 0; at < 12; at++)
      await recordAlone(
        systemCtx({ nowSeconds: () => T0 + (PARTS * PER_PART + at) * 60 }),
        Array.from({ length: 1000 }, (_, nth) => draftOf(nth)),
      );
    while (await noteBlocks(client));
    client.release();
    const all = PARTS * PER_PART + 12_000; // later ones are of the searches themselves
    const filter = auditFilterSchema.parse({ below: all });
    const expected = (await naive("", all)).length;
    const near = (about: number, exactly: number, share: number) =>
      expect(Math.abs(about - exactly)).toBeLessThan(exactly * share);
    const counted = await countAudit(systemCtx(), filter);
    expect(counted.exact).toBe(false);
    near(counted.count, expected, 0.02);
    const { facets, exact } = await facetsAudit(systemCtx(), filter);
    expect(exact).toBe(false);
    const denied = (await naive("outcome:deny", all)).length;
    near(facets.outcome.find(({ value }) => value === "deny")?.count ?? 0, denied, 0.2);
    const histogram = await histogramAudit(systemCtx(), filter);
    expect(histogram.exact).toBe(false);
    near(histogram.total, expected, 0.02);
  });
});
