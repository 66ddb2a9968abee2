import { describe, expect, it } from "vitest";
import { pool } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { useTestDatabase } from "@/lib/testing/database";
import { runBounded } from "./query";
import { concernsAny } from "./refs";

useTestDatabase();

const { sql } = Prisma;
describe("a bounded statement", () => {
  it("says that it is too broad where it takes too long", async () => {
    await expect(runBounded(sql`SELECT pg_sleep(60)`, 100)).rejects.toMatchObject({ code: "search_too_broad" });
  });

  it("fails at once over anything but time", async () => {
    await expect(runBounded(sql`SELECT 1/0`, 5000)).rejects.toMatchObject({ code: "22012" });
    await expect(runBounded(sql`SELECT nothing`, 5000)).rejects.toMatchObject({ code: "42703" });
  });
});

describe("the index of whom and what entries concern", () => {
  it("is what a search by any of them looks into: its expression is that of the filter", async () => {
    const client = await pool().connect();
    try {
      await client.query("BEGIN; SET LOCAL enable_seqscan = off"); // which is best for the few entries here
      const { text, values } = sql`EXPLAIN SELECT idx FROM audit_entry WHERE ${concernsAny(["per_1"])}`;
      const { rows } = await client.query<{ "QUERY PLAN": string }>(text, values);
      expect(rows.map((row) => row["QUERY PLAN"]).join("\n")).toContain("audit_entry_default_refs");
      await client.query("ROLLBACK");
    } finally {
      client.release();
    }
  });
});
