import { describe, expect, it } from "vitest";
import { db, pool } from "@/lib/db";
import { GatehouseError } from "@/lib/errors";
import { anonymousCtx, systemCtx } from "@/lib/testing/ctx";
import { observe, useTestDatabase } from "@/lib/testing/database";
import { defineVerb, recordAlone } from "@/lib/verb";
import { leafHash, prepareEntry } from "./entry";
import { rowTypeOf, writeEntries } from "./write";

useTestDatabase();

const WRITERS = 8;
const ROUNDS = 12;

const touch = defineVerb(
  { action: "server.update", permission: "server.write" },
  async ({ record }, input: { name: string; entries: number; fail: boolean }) => {
    for (let i = 0; i < input.entries; i++)
      record({ action: "server.update", outcome: "success", details: { writer: input.name, nth: i } });
    if (input.fail) throw new GatehouseError("name_taken");
  },
);

/** Writes a batch as the decision path does: one statement, no verb. Fails after the insert where asked to. */
async function writeByPool(name: string, entries: number, fail: boolean): Promise<void> {
  const drafts = Array.from({ length: entries }, (_, nth) =>
    prepareEntry(systemCtx(), { action: "token.validate", outcome: "allow", details: { writer: name, nth } }),
  );
  const client = await pool().connect();
  try {
    await client.query("BEGIN");
    await writeEntries((sql, values) => client.query(sql, values), await rowTypeOf(pool()), drafts);
    await client.query(fail ? "ROLLBACK" : "COMMIT");
  } finally {
    client.release();
  }
}

describe("the log's order", () => {
  it("stays dense and gapless, batches whole and in their own order, under writers of both kinds that roll back", async () => {
    let kept = 0;
    const writer = async (w: number) => {
      for (let round = 0; round < ROUNDS; round++) {
        const [entries, fail, name] = [1 + ((w + round) % 4), (w * 7 + round) % 3 === 0, `${w}:${round}`];
        if (!fail) kept += entries;
        if (w % 2) await writeByPool(name, entries, fail);
        else await touch(systemCtx(), { name, entries, fail }).catch(() => undefined);
      }
    };
    await Promise.all(Array.from({ length: WRITERS }, (_, w) => writer(w)));

    const rows = await db().auditEntry.findMany({ orderBy: { idx: "asc" } });
    expect(rows.map(({ idx }) => Number(idx))).toEqual(Array.from({ length: kept }, (_, i) => i));
    expect(await db().auditHead.findUnique({ where: { id: 1 } })).toMatchObject({ next: BigInt(kept) });
    let previous = { writer: "", nth: 0 };
    for (const row of rows) {
      const { details } = JSON.parse(row.body) as { details: { writer: string; nth: number } };
      expect(details.nth).toBe(details.writer === previous.writer ? previous.nth + 1 : 0);
      previous = details;
      expect(Buffer.from(row.leaf).toString("hex")).toBe(leafHash(row.body));
    }
  });

  it("is the order of commits: recorded_at never runs backwards along the index", async () => {
    const rows = await db().auditEntry.findMany({ orderBy: { idx: "asc" }, select: { recordedAt: true } });
    const times = rows.map(({ recordedAt }) => recordedAt.getTime());
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it("refuses to be rewritten, cut or emptied", async () => {
    for (const sql of ["UPDATE audit_entry SET tool = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"])
      await expect(pool().query(sql)).rejects.toThrow(/append-only/);
    await expect(pool().query("UPDATE audit_head SET next = 0")).rejects.toThrow(/only grows/);
  });
});

describe("an entry", () => {
  it("is written whatever its draft holds, and reads back as the bytes that were hashed", async () => {
    const bad = "a\0b\ud800c\u202e\"\\'$1";
    const cycle: Record<string, unknown> = { bad };
    cycle.self = cycle;
    const { error } = await observe(() =>
      recordAlone(anonymousCtx({ requestId: bad, source: { ip: bad, userAgent: bad } }), [
        {
          action: "token.validate",
          outcome: "denied",
          reason: bad,
          target: { kind: "token", id: bad.repeat(2000), name: bad },
          person: { id: bad },
          tool: bad.repeat(500),
          arguments: cycle,
          details: { [bad]: 10n ** 40n, big: "x".repeat(2_000_000) },
        },
      ]),
    );
    expect(error).toBeNull();
    const last = await db().auditEntry.findFirstOrThrow({ orderBy: { idx: "desc" } });
    expect(Buffer.from(last.leaf).toString("hex")).toBe(leafHash(last.body));
  });

  it("that cannot be written takes the change with it", async () => {
    const before = await db().auditEntry.count();
    const id = "018f3c1e-9f2b-7c4d-8e6f-0123456789ab";
    const twice = defineVerb({ action: "role.update", permission: "role.write" }, async ({ record, tx }) => {
      await tx.role.updateMany({ data: { description: "changed" } });
      record({ action: "role.update", outcome: "success", id });
      record({ action: "role.update", outcome: "success", id });
    });
    await expect(twice(systemCtx(), {})).rejects.toThrow();
    expect(await db().auditEntry.count()).toBe(before);
    expect(await db().role.count({ where: { description: "changed" } })).toBe(0);
  });
});
