import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeCaller } from "./caller";
import { childPid, cleanUp, databaseOf, makeDataDir, startGatehouse, until, type Gatehouse } from "./gatehouse";
import { readLog, steadyLoad, type Answer, type Caller, type Load } from "./load";

/** As much as the machine gives: that many callers, none of whom rests, and who ask about that many calls at once. */
type Rush = { callers: number; pauseMs: number; perCall: number; enough: number };
const SINGLY: Rush = { callers: 64, pauseMs: 0, perCall: 1, enough: 600 };
const IN_BATCHES: Rush = { callers: 16, pauseMs: 0, perCall: 50, enough: 12_000 };

let dataDir: string;
let gatehouse: Gatehouse;
let caller: Caller;
const answered: Answer[] = [];

beforeAll(async () => {
  dataDir = makeDataDir();
  gatehouse = await startGatehouse({ dataDir });
  caller = await makeCaller(databaseOf(dataDir).url);
});
afterAll(cleanUp);

/** Strikes in the middle of the load, and ends it when calls have been answered for a while after. */
async function struck(strike: (load: Load) => Promise<void> | void, rush: Rush = SINGLY): Promise<readonly Answer[]> {
  const startedAt = Date.now();
  const load = steadyLoad(gatehouse.port, caller, rush);
  try {
    await until(() => load.answeredSince(0) >= rush.enough);
    say(`${Math.round((load.answeredSince(0) * 1000) / (Date.now() - startedAt))} decisions/s before`);
    await strike(load);
    const struckAt = Date.now();
    await until(
      () => load.answeredSince(struckAt) >= rush.enough,
      60_000,
      () => gatehouse.output(),
    );
  } finally {
    answered.push(...(await load.stop()));
  }
  return load.answers;
}

const say = (words: string) => process.stdout.write(`high load: ${words}\n`);
const statuses = (answers: readonly Answer[]) => new Set(answers.map(({ status }) => status));

/** Every call that was ever answered stands in the log once, and the log has no gap. */
async function expectNothingLost(rush: Rush = SINGLY): Promise<void> {
  const log = await readLog(databaseOf(dataDir).url);
  expect(log.dense).toBe(true);
  const ids = answered.flatMap(({ auditId }) => auditId ?? []);
  expect(ids.length).toBeGreaterThan(2 * rush.enough - 1);
  expect(ids.filter((id) => log.validated.get(id) !== 1)).toEqual([]);
}

async function accepts(): Promise<boolean> {
  try {
    const client = new pg.Client({ connectionString: databaseOf(dataDir).url, connectionTimeoutMillis: 1_000 });
    client.on("error", () => undefined);
    await client.connect();
    await client.end();
    return true;
  } catch {
    return false;
  }
}

describe("64 callers that never rest", () => {
  it("lose no answered decision where the authority is killed", async () => {
    await struck(() => void process.kill(childPid(gatehouse.pid, "authority.mjs"), "SIGKILL"));
    await expectNothingLost();
  });

  it("are answered 503 while the database is killed, and lose no answered decision", async () => {
    const answers = await struck(() => void process.kill(databaseOf(dataDir).pid, "SIGKILL"));
    expect(statuses(answers)).toEqual(new Set([200, 503]));
    await expectNothingLost();
  });

  it("are answered again by the same authority where the database was restarted", async () => {
    const authority = childPid(gatehouse.pid, "authority.mjs");
    let acceptsAt = 0;
    let answersAt = 0;
    const answers = await struck(async (load) => {
      const stoppedAt = Date.now();
      process.kill(databaseOf(dataDir).pid, "SIGINT");
      await until(() => load.answers.some(({ status, atMs }) => status === 503 && atMs > stoppedAt));
      await until(accepts);
      acceptsAt = Date.now();
      await until(() => load.answeredSince(acceptsAt) > 0);
      answersAt = load.answers.find(({ status, atMs }) => status === 200 && atMs > acceptsAt)?.atMs ?? 0;
    });
    say(`answered again ${answersAt - acceptsAt} ms after the database accepted connections`);
    expect(statuses(answers)).toEqual(new Set([200, 503]));
    expect(childPid(gatehouse.pid, "authority.mjs")).toBe(authority);
    await expectNothingLost();
  });
});

describe("16 callers that ask about 50 calls at once", () => {
  it("lose no answered decision where the authority is killed", async () => {
    await struck(() => void process.kill(childPid(gatehouse.pid, "authority.mjs"), "SIGKILL"), IN_BATCHES);
    await expectNothingLost(IN_BATCHES);
  });

  it("lose no answered decision where the database is killed", async () => {
    const answers = await struck(() => void process.kill(databaseOf(dataDir).pid, "SIGKILL"), IN_BATCHES);
    expect(statuses(answers)).toEqual(new Set([200, 503]));
    await expectNothingLost(IN_BATCHES);
  });
});
