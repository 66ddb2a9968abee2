import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { db } from "@/lib/db";
import { useTestDatabase } from "@/lib/testing/database";
import { repeated, type RunningJob, type Turn } from "./job";

useTestDatabase();

const running: RunningJob[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((job) => job.stop()));
});

type Options = Parameters<typeof repeated>[0];

function begin(name: string, round: Options["round"], more: Partial<Options> = {}): RunningJob {
  const job = repeated({ name, everyMs: 5, round, ...more }).start();
  running.push(job);
  return job;
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(10);
}
const stateOf = (name: string) => db().keeperJob.findUnique({ where: { name } });
/** Ends a connection of a job as a failing network would. */
const cut = async ({ client }: Turn) => {
  const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  await db().$executeRaw`SELECT pg_terminate_backend(${rows[0]?.pid}::int)`;
};

describe("a job of the keeper", () => {
  it("does its rounds in one keeper at a time, and goes on in another when that one stops", async () => {
    const rounds = { first: 0, second: 0 };
    const first = begin("turns", () => Promise.resolve((rounds.first++, "done")));
    await until(() => rounds.first > 2);
    begin("turns", () => Promise.resolve((rounds.second++, "done")));
    await sleep(100);
    expect(rounds.second).toBe(0);
    await first.stop();
    const before = rounds.first;
    await until(() => rounds.second > 2);
    expect(rounds.first).toBe(before);
  });

  it("goes on in another keeper when the first loses its connection, and writes nothing through it any more", async () => {
    const turns: string[] = [];
    let lost: Turn | undefined;
    begin("lost", async (turn) => {
      if (lost) return (await sleep(5_000, undefined, turn).catch(() => undefined), "done" as const);
      lost = turn;
      await until(() => turns.length > 0);
      return "done";
    });
    await until(() => lost !== undefined);
    begin("lost", () => Promise.resolve((turns.push("second"), "done")));
    await cut(lost as Turn);
    await until(() => turns.length > 0);
    await expect((lost as Turn).client.query("SELECT 1")).rejects.toThrow();
  });

  it("does not keep jobs of other names from running", async () => {
    let others = 0;
    begin("one", () => Promise.resolve("done"));
    begin("other", () => Promise.resolve((others++, "done")));
    await until(() => others > 0);
  });

  it("that fails says so and since when, without secrets, tries again, and takes it back when it goes well", async () => {
    let broken = true;
    const secret = "password=correct-horse-battery";
    begin("fails", () => (broken ? Promise.reject(new Error(`cannot: ${secret}`)) : Promise.resolve("done")));
    await until(async () => (await stateOf("fails"))?.fault !== undefined && (await stateOf("fails"))?.fault !== null);
    const first = await stateOf("fails");
    expect(first?.fault).toContain("cannot");
    expect(first?.fault).not.toContain("correct-horse");
    expect(first?.doneAt).toBeNull();
    broken = false;
    await until(async () => (await stateOf("fails"))?.fault === null);
    expect((await stateOf("fails"))?.doneAt).not.toBeNull();
  });

  it("with more to do comes back at once", async () => {
    let rounds = 0;
    begin("more", () => Promise.resolve(++rounds < 20 ? "more" : "done"), { everyMs: 60_000 });
    await until(() => rounds === 20);
  });

  it("does its last part when the keeper stops, while it still holds the lock", async () => {
    let lastSaw: boolean | undefined;
    const job = begin("last", () => Promise.resolve("done"), {
      everyMs: 60_000,
      last: async ({ client }) => {
        const { rows } = await client.query<{ locks: string }>(
          "SELECT count(*) AS locks FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()",
        );
        lastSaw = rows[0]?.locks === "1";
      },
    });
    await until(async () => (await stateOf("last")) !== null);
    await job.stop();
    expect(lastSaw).toBe(true);
  });

  it("does its last part over another connection where its own was lost when the keeper stops", async () => {
    let lost: Turn | undefined;
    let lasts = 0;
    const job = begin("lost-last", (turn) => Promise.resolve(((lost = turn), "done")), {
      everyMs: 60_000,
      last: async ({ client }) => {
        await client.query("SELECT 1");
        lasts += 1;
      },
    });
    await until(async () => (await stateOf("lost-last")) !== null && lost !== undefined);
    await cut(lost as Turn);
    await job.stop();
    expect(lasts).toBe(1);
  });

  it("tries again within a second where the connection is what fails, however often it failed before", async () => {
    let rounds = 0;
    begin("away", async (turn) => {
      rounds += 1;
      await cut(turn);
      await turn.client.query("SELECT 1");
      return "done";
    });
    const before = Date.now();
    await until(() => rounds === 6);
    // 0.5 s, and then 1 s each; with pauses that double it would be 15.
    expect(Date.now() - before).toBeLessThan(12_000);
  });
});
