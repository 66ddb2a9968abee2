import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pool } from "@/lib/db";
import { systemCtx } from "@/lib/testing/ctx";
import { useTestDatabase } from "@/lib/testing/database";
import { dropPartitionsAhead, endPartition } from "@/lib/testing/partitions";
import { recordAlone } from "@/lib/verb";
import { prepareEntry } from "../entry";
import { rowTypeOf, writeEntries } from "../write";
import { makePartitionsAhead } from "./ahead";
import { closePartitions, indexClosedPartitions } from "./close";
import { readPartitions } from "./partitions";

useTestDatabase();

const DAY_MS = 24 * 3_600_000;
let client: pg.PoolClient;
beforeAll(async () => {
  client = await pool().connect();
});
afterAll(() => client.release());

const record = (n = 1) =>
  recordAlone(
    systemCtx(),
    Array.from(
      { length: n },
      (_, nth) => ({ action: "token.validate", outcome: "allow", tool: `tool_${nth}` }) as const,
    ),
  );

/** Where the entries lie, by table, and whether their indices are dense and their moments in order. */
async function look(): Promise<{ where: Record<string, number>; dense: boolean; inOrder: boolean }> {
  const { rows } = await client.query<{ table: string; idx: string; back: boolean }>(
    `SELECT tableoid::regclass::text AS table, idx, coalesce(recorded_at < lag(recorded_at) OVER (ORDER BY idx), false) AS back
     FROM audit_entry ORDER BY idx`,
  );
  const where: Record<string, number> = {};
  for (const { table } of rows) where[table] = (where[table] ?? 0) + 1;
  return {
    where,
    dense: rows.every(({ idx }, nth) => Number(idx) === nth),
    inOrder: rows.every(({ back }) => !back),
  };
}

describe("the partitions of the log", () => {
  it("are there from the first moment, and the keeper makes those to come, once", async () => {
    await record();
    const made = await makePartitionsAhead(client);
    expect(await makePartitionsAhead(client)).toEqual([]);
    const partitions = await readPartitions(client);
    expect(partitions.map(({ name }) => name)).toEqual(expect.arrayContaining(made));
    for (const [nth, { fromAt }] of partitions.entries())
      if (nth > 0) expect(fromAt).toEqual(partitions[nth - 1]?.toAt);
    expect(partitions.at(-1)?.toAt.getTime()).toBeGreaterThan(Date.now() + 14 * DAY_MS);
  });

  it("change at midnight under load without a gap, a double or a refusal, and the one before is closed with all of its entries", async () => {
    await dropPartitionsAhead();
    const ended = await endPartition(700);
    let going = true;
    const writers = [1, 2, 3].map(async () => {
      let written = 0;
      const type = await rowTypeOf(pool());
      while (going) {
        const batch = [0, 1, 2].map(() => prepareEntry(systemCtx(), { action: "token.validate", outcome: "allow" }));
        await writeEntries((sql, values) => pool().query(sql, values), type, batch);
        written += batch.length;
      }
      return written;
    });
    await sleep(1200);
    expect((await look()).where.audit_entry_default).toBeGreaterThan(0);
    // The keeper comes late: what went to the makeshift becomes a partition under the same load, and the next are made.
    await makePartitionsAhead(client);
    expect(await closePartitions(client)).toEqual([ended]);
    await sleep(300);
    going = false;
    const written = (await Promise.all(writers)).reduce((sum, n) => sum + n, 0);
    const seen = await look();
    expect(seen).toMatchObject({ dense: true, inOrder: true });
    expect(Object.values(seen.where).reduce((sum, n) => sum + n, 0)).toBe(1 + written);
    expect(seen.where.audit_entry_default).toBeUndefined();
    const closed = (await readPartitions(client)).find(({ name }) => name === ended);
    expect(closed).toMatchObject({ state: "closed", firstIdx: 0, lastIdx: (seen.where[ended] ?? 0) - 1 });
  });

  it("are made over for reading when closed, once, and entries still refuse to change", async () => {
    const [name = ""] = await indexClosedPartitions(client, () => false);
    const kept = (await readPartitions(client)).find((partition) => partition.name === name);
    expect(kept?.state).toBe("closed");
    expect(kept?.indexedAt).not.toBeNull();
    expect(await indexClosedPartitions(client, () => false)).toEqual([]);
    const { rows } = await client.query<{ "QUERY PLAN": string }>(
      `EXPLAIN SELECT FROM audit_entry WHERE idx > ${kept?.lastIdx}`,
    );
    expect(rows.map((row) => row["QUERY PLAN"]).join("\n")).not.toContain(name);
    await expect(client.query(`UPDATE ${name} SET tool = 'x'`)).rejects.toThrow(/append-only/);
    await expect(client.query(`DELETE FROM ${name}`)).rejects.toThrow(/append-only/);
    await expect(client.query(`TRUNCATE ${name}`)).rejects.toThrow(/append-only/);
  });

  it("finish the work on an index that was interrupted", async () => {
    const name = (await readPartitions(client)).find(({ state }) => state === "closed")?.name ?? "";
    await client.query(`CREATE INDEX ${name}_left ON ${name} (reason)`);
    await client.query(`UPDATE pg_index SET indisvalid = false WHERE indexrelid = '${name}_left'::regclass`);
    await client.query("UPDATE audit_partition SET indexed_at = NULL WHERE name = $1", [name]);
    expect(await indexClosedPartitions(client, () => false)).toEqual([name]);
    const { rows } = await client.query("SELECT FROM pg_index WHERE indrelid = $1::regclass AND NOT indisvalid", [
      name,
    ]);
    expect(rows).toEqual([]);
  });

  it("take an entry whose clock went back as recorded no earlier than the one before", async () => {
    await client.query("UPDATE audit_head SET recorded_at = clock_timestamp() + interval '2 seconds'");
    await record(3);
    expect(await look()).toMatchObject({ dense: true, inOrder: true });
    await expect(client.query("UPDATE audit_head SET recorded_at = recorded_at - interval '1 minute'")).rejects.toThrow(
      /only grows/,
    );
  });

  it("become narrower when the log becomes busy: what was made ahead too wide is made anew", async () => {
    const weeks = (await readPartitions(client)).filter(({ fromAt }) => (fromAt ?? 0) > new Date());
    expect(weeks.some(({ fromAt, toAt }) => toAt.getTime() - (fromAt?.getTime() ?? 0) === 7 * DAY_MS)).toBe(true);
    await client.query("UPDATE audit_head SET next = next + 1000000");
    await makePartitionsAhead(client);
    const ahead = (await readPartitions(client)).filter(
      ({ fromAt }) => (fromAt?.getTime() ?? 0) > Date.now() + 3_600_000,
    );
    expect(ahead.length).toBeGreaterThanOrEqual(2);
    for (const { fromAt, toAt } of ahead) expect(toAt.getTime() - (fromAt?.getTime() ?? 0)).toBeLessThanOrEqual(DAY_MS);
  });
});
