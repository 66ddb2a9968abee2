import { chmodSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { StartError } from "../start-error";
import { backUpEmbedded } from "./backup";
import { startEmbedded, type EmbeddedDatabase } from "./embedded";

let root: string;
let database: EmbeddedDatabase;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "gatehouse-backup-"));
  chmodSync(root, 0o755); // as root, PostgreSQL runs as another user, who must get through
  database = await startEmbedded(join(root, "data"));
});
afterAll(async () => {
  await database.stop();
  rmSync(root, { recursive: true, force: true, maxRetries: 10 });
});

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Writes pairs of rows, a pair per transaction, until it is told to stop; returns how many were committed. */
function writePairs(url: string): { committed: () => number; stop: () => Promise<void> } {
  let committed = 0;
  let running = true;
  const done = withClient(url, async (client) => {
    for (; running; committed++)
      await client.query("INSERT INTO pair SELECT $1::int, repeat('x', 2000) FROM generate_series(1, 2)", [committed]);
  });
  return { committed: () => committed, stop: () => ((running = false), done) };
}

describe("a backup of the embedded database while it is written to", () => {
  it("starts with every transaction that was committed before, each wholly or not at all", async () => {
    await withClient(database.url, (client) => client.query("CREATE TABLE pair (n int, text text)"));
    const load = writePairs(database.url);
    await expect.poll(load.committed, { timeout: 10_000 }).toBeGreaterThan(50);
    const before = load.committed();
    const to = join(root, "backup");
    await backUpEmbedded({ url: database.url, to });
    await withClient(database.url, (client) => client.query("CHECKPOINT"));
    await load.stop();

    const restored = await startEmbedded(to);
    const [facts] = await withClient(restored.url, async (client) => {
      const counts = "SELECT n, count(*) AS rows FROM pair GROUP BY n";
      const sql = `SELECT count(*)::int AS pairs, bool_and(rows = 2) AS whole, max(n) AS last FROM (${counts}) AS c`;
      return (await client.query<{ pairs: number; whole: boolean; last: number }>(sql)).rows;
    });
    await restored.stop();
    expect(facts?.whole).toBe(true);
    expect(facts?.pairs).toBeGreaterThanOrEqual(before);
    expect(facts?.last).toBe((facts?.pairs ?? 0) - 1);
  });

  it("refuses a folder that exists, and leaves it as it is", async () => {
    await expect(backUpEmbedded({ url: database.url, to: root })).rejects.toThrow(StartError);
    expect(existsSync(join(root, "postgresql"))).toBe(false);
  });

  it("refuses a database that is not embedded, and makes nothing", async () => {
    await withClient(database.url, (client) => client.query("CREATE ROLE plain LOGIN PASSWORD 'a plain one'"));
    const url = new URL(database.url);
    [url.username, url.password] = ["plain", "a plain one"];
    const to = join(root, "other");
    await expect(backUpEmbedded({ url: url.toString(), to })).rejects.toThrow(/Only the embedded database/);
    expect(existsSync(to)).toBe(false);
  });
});
