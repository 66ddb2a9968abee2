import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { afterAll, describe, expect, it } from "vitest";
import { startEmbedded, type EmbeddedDatabase } from "../database/embedded";
import { makeCaller } from "./caller";
import { childPid, cleanUp, makeDataDir, startGatehouse, until } from "./gatehouse";
import { readLog, steadyLoad } from "./load";

afterAll(cleanUp);

/** Debian's own servers, where installed. */
function debianServers(): string[] {
  const root = "/usr/lib/postgresql";
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .map((version) => join(root, version, "bin"))
    .filter((bin) => existsSync(join(bin, "initdb")));
}

/** A server of the test's own, made with the programs in `bin` (null: ours). */
async function startServer(bin: string | null): Promise<{ dataDir: string; server: EmbeddedDatabase }> {
  const dataDir = makeDataDir();
  return { dataDir, server: await withBinaries(bin, () => startEmbedded(dataDir)) };
}

async function withBinaries<T>(bin: string | null, work: () => Promise<T>): Promise<T> {
  if (bin) process.env.PG_BIN = bin;
  try {
    return await work();
  } finally {
    delete process.env.PG_BIN;
  }
}

/** A database of its own, owned by a login that is no superuser, as a hosting company gives it. */
async function plainDatabase(server: EmbeddedDatabase): Promise<string> {
  const admin = new pg.Client({ connectionString: server.url });
  await admin.connect();
  await admin.query("CREATE ROLE plain LOGIN PASSWORD 'a plain one'");
  await admin.query("CREATE DATABASE theirs OWNER plain");
  await admin.end();
  const url = new URL(server.url);
  [url.username, url.password, url.pathname] = ["plain", "a plain one", "/theirs"];
  return url.toString();
}

describe.each([null, ...debianServers()])("DATABASE_URL, with the server in %s", (bin) => {
  it("serves with a login that is no superuser, and outlives a restart of that server", async () => {
    const { dataDir, server } = await startServer(bin);
    const url = await plainDatabase(server);
    const gatehouse = await startGatehouse({ env: { DATABASE_URL: url } });
    const caller = await makeCaller(url);
    const pids = [childPid(gatehouse.pid, "authority.mjs"), childPid(gatehouse.pid, "console.mjs")];
    expect(existsSync(join(gatehouse.dataDir, "postgresql"))).toBe(false);

    const load = steadyLoad(gatehouse.port, caller);
    await until(() => load.answeredSince(0) >= 40);
    await server.stop();
    const ready = () => fetch(`${gatehouse.base}/readyz`).then(({ status }) => status);
    await until(async () => (await ready()) === 503);
    const stoppedAt = Date.now();
    await until(() => load.answers.some(({ status, atMs }) => status === 503 && atMs > stoppedAt));
    const again = await withBinaries(bin, () => startEmbedded(dataDir, { port: server.port }));
    const startedAt = Date.now();
    await until(() => load.answeredSince(startedAt) >= 40);
    const answers = await load.stop();

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 503]));
    expect([childPid(gatehouse.pid, "authority.mjs"), childPid(gatehouse.pid, "console.mjs")]).toEqual(pids);
    expect(await ready()).toBe(200);
    const log = await readLog(url);
    expect(log.dense).toBe(true);
    const ids = answers.flatMap(({ auditId }) => auditId ?? []);
    expect(ids.filter((id) => log.validated.get(id) !== 1)).toEqual([]);
    expect(await gatehouse.stop()).toBe(0);
    await again.stop();
  });
});
