import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { useTestDatabase } from "@/lib/testing/database";
import { migrate, MigrationError } from "./migrate";

useTestDatabase();

const folder = mkdtempSync(join(tmpdir(), "gatehouse-migrations-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const url = () => process.env.DATABASE_URL ?? "";

async function query<T extends pg.QueryResultRow>(sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url() });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

function write(name: string, sql: string): void {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, "migration.sql"), sql);
}

beforeEach(async () => {
  await query("DELETE FROM _prisma_migrations");
  await query("DROP TABLE IF EXISTS probe, half");
  rmSync(folder, { recursive: true, force: true });
  write("1_make_probe", "CREATE TABLE probe (n int);");
  write("2_fill_probe", "INSERT INTO probe VALUES (1);");
});

describe("migrate", () => {
  it("applies what is missing in order, and nothing twice", async () => {
    expect(await migrate(url(), folder)).toEqual(["1_make_probe", "2_fill_probe"]);
    write("3_fill_again", "INSERT INTO probe VALUES (2);");
    expect(await migrate(url(), folder)).toEqual(["3_fill_again"]);
    expect(await migrate(url(), folder)).toEqual([]);
    expect(await query("SELECT n FROM probe ORDER BY n")).toEqual([{ n: 1 }, { n: 2 }]);
  });

  it("lets starts at the same moment take turns: one applies, the others find it done", async () => {
    const applied = await Promise.all([1, 2, 3].map(() => migrate(url(), folder)));
    expect(applied.map((names) => names.length).sort()).toEqual([0, 0, 2]);
    expect(await query("SELECT n FROM probe")).toEqual([{ n: 1 }]);
  });

  it("leaves nothing of a migration that fails, and applies it once it is mended", async () => {
    write("3_break", "CREATE TABLE half (n int); SELECT 1 / 0;");
    await expect(migrate(url(), folder)).rejects.toThrow("The migration 3_break failed: division by zero");
    expect(await query("SELECT to_regclass('half') AS half")).toEqual([{ half: null }]);
    write("3_break", "CREATE TABLE half (n int);");
    expect(await migrate(url(), folder)).toEqual(["3_break"]);
  });

  it("refuses a database that a newer version has used", async () => {
    await migrate(url(), folder);
    rmSync(join(folder, "2_fill_probe"), { recursive: true });
    await expect(migrate(url(), folder)).rejects.toThrow(/2_fill_probe, which this version .* does not know/);
  });

  it("refuses a migration that was edited after it was applied", async () => {
    await migrate(url(), folder);
    write("1_make_probe", "CREATE TABLE probe (n bigint);");
    await expect(migrate(url(), folder)).rejects.toThrow(MigrationError);
  });

  it("refuses to go on after one that was left unfinished", async () => {
    await migrate(url(), folder);
    await query("UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '2_fill_probe'");
    await expect(migrate(url(), folder)).rejects.toThrow("2_fill_probe failed earlier");
  });
});
