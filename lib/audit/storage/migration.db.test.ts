import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { withDatabase } from "@/lib/testing/urls";
import { migrate, readMigrations } from "@/server/database/migrate";

const PARTITIONED = "20261122062000_partition_audit_log";
const folder = mkdtempSync(join(tmpdir(), "gatehouse-partition-"));
const name = `gatehouse_partition_${process.pid}`;
const url = withDatabase(inject("templateUrl"), name);
let client: pg.Client;

async function asAdmin(sql: string): Promise<void> {
  const admin = new pg.Client({ connectionString: withDatabase(url, "postgres") });
  await admin.connect();
  await admin.query(sql);
  await admin.end();
}

beforeAll(async () => {
  await asAdmin(`CREATE DATABASE ${name}`);
  for (const migration of await readMigrations("prisma/migrations"))
    if (migration.name < PARTITIONED)
      cpSync(join("prisma/migrations", migration.name), join(folder, migration.name), { recursive: true });
  await migrate(url, folder);
  client = new pg.Client({ connectionString: url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await asAdmin(`DROP DATABASE ${name} WITH (FORCE)`);
  rmSync(folder, { recursive: true, force: true });
});

const entries = async () =>
  (await client.query(`SELECT idx, id, recorded_at, xmin, ctid, body FROM audit_entry ORDER BY idx`)).rows as unknown[];

describe("a log that was filled before there were partitions", () => {
  it("becomes the first partition as it is: no row is written anew, none may be changed, and the next entry follows on", async () => {
    await client.query(`INSERT INTO audit_entry (idx, id, occurred_at, recorded_at, action, outcome, actor_kind, body, leaf)
      SELECT i, gen_random_uuid(), now(), now() - interval '1 day' + i * interval '1 second', 'tool.call', 'success', 'server', '{"v":1}', sha256('') FROM generate_series(0, 4999) i`);
    await client.query("UPDATE audit_head SET next = 5000");
    const { rows: file } = await client.query("SELECT pg_relation_filepath('audit_entry') AS file");
    const before = await entries();
    await migrate(url);
    expect(await entries()).toEqual(before);
    const { rows: moved } = await client.query("SELECT pg_relation_filepath('audit_entry_first') AS file");
    expect(moved).toEqual(file);
    for (const sql of [
      "UPDATE audit_entry SET tool = 'x'",
      "DELETE FROM audit_entry_first",
      "TRUNCATE audit_entry_first",
    ])
      await expect(client.query(sql)).rejects.toThrow(/append-only/);
    const { rows } =
      await client.query(`WITH head AS (UPDATE audit_head SET next = next + 1, recorded_at = greatest(clock_timestamp(), recorded_at) RETURNING next - 1 AS idx, recorded_at)
      INSERT INTO audit_entry (idx, recorded_at, id, occurred_at, action, outcome, actor_kind, body, leaf)
      SELECT idx, recorded_at, gen_random_uuid(), now(), 'tool.call', 'success', 'server', '{"v":1}', sha256('') FROM head
      RETURNING idx, tableoid::regclass::text AS table`);
    expect(rows).toEqual([{ idx: "5000", table: expect.stringMatching(/^audit_entry_\d{8}t/) as string }]);
  });
});
