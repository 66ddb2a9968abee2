import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { startEmbedded } from "./embedded";
import { isAlive, runningPostmaster } from "./postmaster";

let dataDir: string;
const cluster = () => join(dataDir, "postgresql", "cluster");

beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), "gatehouse-embedded-"));
  chmodSync(dataDir, 0o755); // as root, PostgreSQL runs as another user, who must get through
});
afterAll(async () => {
  const left = runningPostmaster(cluster());
  if (left) await kill(left.pid);
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 10 });
});

async function kill(pid: number): Promise<void> {
  process.kill(pid, "SIGKILL");
  for (let waited = 0; runningPostmaster(cluster()) && waited < 10_000; waited += 20) await sleep(20);
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

describe("startEmbedded", () => {
  it("makes a cluster over what a killed start has left, with a password that others cannot read", async () => {
    const folder = join(dataDir, "postgresql");
    mkdirSync(join(folder, "cluster.12345"), { recursive: true });
    writeFileSync(join(folder, "password"), "of a cluster that was never moved to its place");
    const database = await startEmbedded(dataDir);
    expect(database.adopted).toBe(false);
    await query(database.url, "CREATE TABLE kept AS SELECT 1 AS n");
    expect(statSync(join(folder, "password")).mode & 0o077).toBe(0);
    expect(await query(database.url, "SHOW listen_addresses")).toEqual([{ listen_addresses: "127.0.0.1" }]);
  });

  it("takes over the one that runs, instead of starting a second", async () => {
    const running = runningPostmaster(cluster());
    const adopted = await startEmbedded(dataDir);
    expect(adopted).toMatchObject({ adopted: true, pid: running?.pid, port: running?.port });
    expect(await query(adopted.url, "SELECT n FROM kept")).toEqual([{ n: 1 }]);
  });

  it("starts again after kill -9, with what was committed", async () => {
    await kill(runningPostmaster(cluster())?.pid ?? 0);
    const again = await startEmbedded(dataDir);
    expect(again.adopted).toBe(false);
    expect(await query(again.url, "SELECT n FROM kept")).toEqual([{ n: 1 }]);
    await again.stop();
    expect(isAlive(again.pid)).toBe(false);
  });

  it("starts where the pid in a stale file is another program's by now", async () => {
    writeFileSync(join(cluster(), "postmaster.pid"), `${process.pid}\n${cluster()}\n0\n5432\n`);
    const database = await startEmbedded(dataDir);
    expect(database.adopted).toBe(false);
    expect(isAlive(process.pid)).toBe(true);
    await database.stop();
  });

  it.runIf(process.platform === "linux")("starts where the pid in a stale file is a zombie's", async () => {
    // `exec` leaves a parent that never collects its child: what a container without an init process does to orphans.
    const parent = spawn("sh", ["-c", "sleep 0.2 & echo $!; exec sleep 60"], { stdio: ["ignore", "pipe", "ignore"] });
    const zombie = Number(await new Promise((read) => parent.stdout.once("data", read)));
    expect(() => process.kill(zombie, 0)).not.toThrow();
    await vi.waitFor(() => expect(isAlive(zombie)).toBe(false));
    writeFileSync(join(cluster(), "postmaster.pid"), `${zombie}\n${cluster()}\n0\n5432\n`);
    const database = await startEmbedded(dataDir);
    expect(database.adopted).toBe(false);
    await database.stop();
    parent.kill();
  });

  it("ends up with one server where two start at the same moment", async () => {
    const [first, second] = await Promise.all([startEmbedded(dataDir), startEmbedded(dataDir)]);
    expect(first.pid).toBe(second.pid);
    expect(readFileSync(join(cluster(), "postmaster.pid"), "utf8")).toMatch(new RegExp(`^${first.pid}\n`));
    await first.stop();
  });
});
