import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isAlive } from "../database/postmaster";
import { makeCaller } from "./caller";
import {
  childPid,
  cleanUp,
  databaseOf,
  hasChild,
  makeDataDir,
  startGatehouse,
  until,
  type Gatehouse,
} from "./gatehouse";
import { readLog, steadyLoad, type Answer, type Caller } from "./load";

let dataDir: string;
let gatehouse: Gatehouse;
let caller: Caller;
/** Every call that was ever answered in this file. */
const answered: Answer[] = [];

beforeAll(async () => {
  dataDir = makeDataDir();
  gatehouse = await startGatehouse({ dataDir });
  caller = await makeCaller(databaseOf(dataDir).url);
});
afterAll(cleanUp);

/** Runs `strike` under a steady load, waits until calls are answered again after it, and keeps the answers. */
async function underLoad(strike: () => Promise<void> | void, answeredAfter = 40): Promise<readonly Answer[]> {
  const load = steadyLoad(gatehouse.port, caller);
  try {
    await until(() => load.answeredSince(0) >= 40);
    await strike();
    const struckAt = Date.now();
    await until(
      () => load.answeredSince(struckAt) >= answeredAfter,
      60_000,
      () => gatehouse.output(),
    );
  } finally {
    answered.push(...(await load.stop()));
  }
  return load.answers;
}

async function expectNothingLost(): Promise<void> {
  const log = await readLog(databaseOf(dataDir).url);
  expect(log.dense).toBe(true);
  const ids = answered.flatMap(({ auditId }) => auditId ?? []);
  expect(ids.length).toBeGreaterThan(60);
  expect(ids.filter((id) => log.validated.get(id) !== 1)).toEqual([]);
}

const page = () => fetch(`${gatehouse.base}/sign-in`, { redirect: "manual" }).then(({ status }) => status);

describe("kill -9 under load", () => {
  it("of the authority: it comes back by itself, and no answered decision is missing", async () => {
    const before = childPid(gatehouse.pid, "authority.mjs");
    await underLoad(() => void process.kill(before, "SIGKILL"));
    expect(childPid(gatehouse.pid, "authority.mjs")).not.toBe(before);
    await until(async () => (await page()) < 500); // the new one knows where the console is
    await expectNothingLost();
  });

  it("of the console: validate does not notice, and the pages come back", async () => {
    const before = childPid(gatehouse.pid, "console.mjs");
    const answers = await underLoad(() => void process.kill(before, "SIGKILL"));
    expect(answers.filter(({ status }) => status < 200)).toEqual([]); // no connection was lost, no answer cut
    await until(async () => (await page()) < 500);
    expect(childPid(gatehouse.pid, "console.mjs")).not.toBe(before);
    await expectNothingLost();
  });

  it("of the keeper: validate does not notice, and it comes back by itself", async () => {
    await until(() => hasChild(gatehouse.pid, "keeper.mjs"));
    const before = childPid(gatehouse.pid, "keeper.mjs");
    const answers = await underLoad(() => void process.kill(before, "SIGKILL"));
    expect(answers.filter(({ status }) => status < 200)).toEqual([]);
    await until(() => hasChild(gatehouse.pid, "keeper.mjs"));
    expect(childPid(gatehouse.pid, "keeper.mjs")).not.toBe(before);
    // Where nothing else is said, what it signed is remembered beside the embedded database.
    const anchor = join(gatehouse.dataDir, "audit-checkpoints.log");
    await until(() => existsSync(anchor) && readFileSync(anchor, "utf8").includes('"note"'));
    await expectNothingLost();
  });

  it("of the database: nothing is allowed meanwhile, and it comes back by itself", async () => {
    const { pid } = databaseOf(dataDir);
    const answers = await underLoad(() => void process.kill(pid, "SIGKILL"));
    const others = answers.filter(({ status }) => status !== 200);
    expect(others.length).toBeGreaterThan(0);
    expect([...new Set(others.map(({ status }) => status))]).toEqual([503]);
    expect(databaseOf(dataDir).pid).not.toBe(pid);
    await expectNothingLost();
  });

  it("of the launcher: the others end by themselves, and the next start goes on with the same data", async () => {
    const { pid, port } = gatehouse;
    const [authority, console_] = [childPid(pid, "authority.mjs"), childPid(pid, "console.mjs")];
    const load = steadyLoad(port, caller);
    await until(() => load.answeredSince(0) >= 40);
    process.kill(pid, "SIGKILL");
    await gatehouse.exited;
    answered.push(...(await load.stop()));
    gatehouse = await startGatehouse({ dataDir, port }); // at once: it waits for what is still ending
    // They gave the port back first, and may still be closing what they had open.
    await until(() => !isAlive(authority) && !isAlive(console_), 10_000);
    await underLoad(() => undefined);
    await expectNothingLost();
  });

  it("of everything at once: the next start recovers", async () => {
    const { pid, port } = gatehouse;
    const all = [pid, childPid(pid, "authority.mjs"), childPid(pid, "console.mjs"), databaseOf(dataDir).pid];
    for (const one of all) process.kill(one, "SIGKILL");
    await gatehouse.exited;
    gatehouse = await startGatehouse({ dataDir, port });
    await underLoad(() => undefined);
    await expectNothingLost();
  });

  it("and then a stop in order leaves nothing behind", async () => {
    const { pid } = databaseOf(dataDir);
    expect(await gatehouse.stop()).toBe(0);
    expect(hasChild(gatehouse.pid, "")).toBe(false);
    expect(isAlive(pid)).toBe(false);
    expect(() => databaseOf(dataDir)).toThrow();
  });
});
