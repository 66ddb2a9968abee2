import { afterAll, describe, expect, it } from "vitest";
import { isAlive } from "../database/postmaster";
import { makeCaller } from "./caller";
import { childPid, cleanUp, databaseOf, spawnGatehouse, startGatehouse, until } from "./gatehouse";
import { readLog, steadyLoad } from "./load";

afterAll(cleanUp);

describe("stopping in order", () => {
  it.each(["SIGTERM", "SIGINT"] as const)(
    "%s under load cuts no answer, leaves no process, and the next start has every entry",
    async (signal) => {
      const gatehouse = await startGatehouse();
      const { dataDir, port, pid } = gatehouse;
      const database = databaseOf(dataDir);
      const caller = await makeCaller(database.url);
      const pids = [pid, childPid(pid, "authority.mjs"), childPid(pid, "console.mjs"), database.pid];
      const load = steadyLoad(port, caller);
      await until(() => load.answeredSince(0) >= 60);
      gatehouse.process.kill(signal);
      expect(await gatehouse.exited).toBe(0);
      const answers = await load.stop();
      expect(pids.filter(isAlive)).toEqual([]);
      expect(answers.filter(({ status }) => status === -1)).toEqual([]); // none was cut

      const next = await startGatehouse({ dataDir, port });
      const log = await readLog(databaseOf(dataDir).url);
      expect(log.dense).toBe(true);
      const ids = answers.flatMap(({ auditId }) => auditId ?? []);
      expect(ids.filter((id) => log.validated.get(id) !== 1)).toEqual([]);
      expect(await next.stop()).toBe(0);
    },
  );

  it("ends a start that is still under way", async () => {
    const first = await startGatehouse();
    expect(await first.stop()).toBe(0);

    const launcher = spawnGatehouse({ GATEHOUSE_DATA_DIR: first.dataDir, PORT: String(first.port) });
    await until(() => hasDatabase(first.dataDir));
    launcher.process.kill("SIGTERM");
    expect(await launcher.exited).toBe(0);
    expect(hasDatabase(first.dataDir)).toBe(false);
    expect(await (await startGatehouse({ dataDir: first.dataDir, port: first.port })).stop()).toBe(0);
  });
});

function hasDatabase(dataDir: string): boolean {
  try {
    return databaseOf(dataDir).pid > 0;
  } catch {
    return false;
  }
}

describe("a console that does not answer", () => {
  it("delays no validate while it is stopped and pages wait for it", async () => {
    const gatehouse = await startGatehouse();
    const caller = await makeCaller(databaseOf(gatehouse.dataDir).url);
    const consolePid = childPid(gatehouse.pid, "console.mjs");
    process.kill(consolePid, "SIGSTOP");
    const leave = new AbortController();
    const pages = Array.from({ length: 30 }, () =>
      fetch(`${gatehouse.base}/sign-in`, { signal: leave.signal }).then(
        ({ status }) => status,
        () => 0,
      ),
    );
    const load = steadyLoad(gatehouse.port, caller);
    await until(() => load.answeredSince(0) >= 100);
    const answers = await load.stop();
    leave.abort();
    await Promise.all(pages);
    process.kill(consolePid, "SIGCONT");
    const allowed = answers.filter(({ decision }) => decision === "allow");
    expect(allowed.length).toBeGreaterThan(0.95 * answers.length); // 503 in time is what a starved machine answers
    expect(Math.max(...answers.map(({ tookMs }) => tookMs))).toBeLessThan(3_000);
    await until(async () => (await fetch(`${gatehouse.base}/sign-in`)).status < 500);
    expect(await gatehouse.stop()).toBe(0);
  });
});
