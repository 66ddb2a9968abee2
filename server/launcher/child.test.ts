import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { isAlive } from "../database/postmaster";
import { StartError } from "../start-error";
import { superviseChild, type Child } from "./child";

/** What a child of these tests does when it has started. It tells its process id as its port. */
const HABITS = {
  serves: `listen(); process.on("message", (m) => m.kind === "stop" ? process.exit(0) : process.send({ kind: "listening", port: m.port }));`,
  endsAtOnce: `listen(() => process.exit(1));`,
  neverListens: `process.exit(1);`,
  saysWhy: `process.send({ kind: "failed", message: "Port 80 is taken." }, () => process.exit(1));`,
  isDeaf: `process.on("SIGTERM", () => {}); process.on("message", () => {}); listen();`,
  hangsUp: `process.on("SIGTERM", () => process.exit(0)); setInterval(() => {}, 1000); listen(() => process.disconnect());`,
};
const LISTEN = `const listen = (told) => process.send({ kind: "listening", port: process.pid }, told);\n`;

const folder = mkdtempSync(join(tmpdir(), "gatehouse-child-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let child: Child | undefined;
/** What the launcher was told: a port at each start, null at each death. */
let states: (number | null)[] = [];

// The children are real; the time between them is ours, so that no test waits for it nor depends on it.
beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] }));
afterEach(async () => {
  vi.useRealTimers();
  for (const pid of states) if (pid && isAlive(pid)) process.kill(pid, "SIGKILL");
  await child?.stop();
  states = [];
});

function supervise(habit: keyof typeof HABITS, { background }: { background?: boolean } = {}): Child {
  const script = join(folder, `${habit}.mjs`);
  writeFileSync(script, LISTEN + HABITS[habit]);
  return (child = superviseChild({ name: "child", script, env: { NODE_ENV: "test" }, background }, (port) =>
    states.push(port),
  ));
}

const realTimeout = globalThis.setTimeout;
const sleep = (ms: number) => new Promise((done) => realTimeout(done, ms));
/** Waits for real events, such as a process's end, while the clock stands still. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(5);
}
const toldStates = (count: number) => until(() => states.length >= count);
const lastPid = () => states.findLast((state) => state !== null) ?? 0;

/** Waits until the child has ended and its restart is planned; returns after how long it comes. */
async function pauseBeforeRestart(): Promise<number> {
  await until(() => vi.getTimerCount() === 1);
  const known = states.length;
  const from = Date.now();
  vi.advanceTimersToNextTimer();
  const pause = Date.now() - from;
  await toldStates(known + 1);
  return pause;
}

describe("a supervised child", () => {
  it("that dies is started again, and each start and death is told", async () => {
    await supervise("serves").ready;
    const first = lastPid();
    process.kill(first, "SIGKILL");
    await toldStates(2);
    await pauseBeforeRestart();
    expect(states).toEqual([first, null, lastPid()]);
    expect(lastPid()).not.toBe(first);
  });

  it("that keeps ending at once does not spin: one start for each pause, which doubles up to ten seconds", async () => {
    await supervise("endsAtOnce").ready;
    const pauses: number[] = [];
    for (let starts = 1; starts <= 8; starts++) {
      await toldStates(2 * starts);
      pauses.push(await pauseBeforeRestart());
    }
    expect(pauses).toEqual([200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
    await toldStates(18);
    expect(new Set(states.filter((state) => state !== null)).size).toBe(9);
  });

  it("that has run for half a minute before it dies is started again without a long pause", async () => {
    await supervise("serves").ready;
    for (const pause of [200, 400]) {
      process.kill(lastPid(), "SIGKILL");
      expect(await pauseBeforeRestart()).toBe(pause);
    }
    vi.setSystemTime(Date.now() + 30_001);
    process.kill(lastPid(), "SIGKILL");
    expect(await pauseBeforeRestart()).toBe(200);
  });

  it("gets what is sent to it; what is sent to one that is dying is lost, and harms nobody", async () => {
    const { ready, send } = supervise("serves");
    await ready;
    send({ kind: "console", port: 7 });
    await toldStates(2);
    expect(states[1]).toBe(7);
    process.kill(states[0] ?? 0, "SIGKILL");
    execFileSync("sleep", ["0.2"]); // it is dead, and this process has not been told yet
    send({ kind: "console", port: 8 });
    await toldStates(3);
    send({ kind: "console", port: 9 });
    await pauseBeforeRestart();
    expect(states).toEqual([states[0], 7, null, lastPid()]);
  });
});

describe("a child that cannot start", () => {
  it.each([
    ["neverListens", "did not start"],
    ["saysWhy", "Port 80 is taken."],
  ] as const)("(%s) ends the start with a sentence, and is not tried again", async (habit, sentence) => {
    const { ready } = supervise(habit);
    await expect(ready).rejects.toThrow(StartError);
    await expect(ready).rejects.toThrow(sentence);
    await toldStates(1);
    expect([states, vi.getTimerCount()]).toEqual([[null], 0]);
  });
});

describe("a child in the background that cannot start", () => {
  it.each(["neverListens", "saysWhy"] as const)(
    "(%s) ends nothing, and is tried again after each pause",
    async (habit) => {
      supervise(habit, { background: true });
      const pauses: number[] = [];
      for (let starts = 1; starts <= 3; starts++) {
        await toldStates(starts);
        pauses.push(await pauseBeforeRestart());
      }
      expect(pauses).toEqual([200, 400, 800]);
    },
  );
});

describe("a machine that cannot start a process any more", () => {
  afterEach(() => void (process.execPath = node));
  const node = process.execPath;

  it("ends the start with a sentence", async () => {
    process.execPath = join(folder, "gone");
    await expect(supervise("serves").ready).rejects.toThrow(StartError);
    await child?.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is asked again after each pause, until it can", async () => {
    await supervise("serves").ready;
    process.kill(lastPid(), "SIGKILL");
    await toldStates(2);
    process.execPath = join(folder, "gone");
    expect(await pauseBeforeRestart()).toBe(200);
    process.execPath = node;
    expect(await pauseBeforeRestart()).toBe(400);
    expect(states.map((state) => state !== null)).toEqual([true, false, false, true]);
  });
});

describe("stopping", () => {
  it("asks the child to end, waits until it has, and starts no other", async () => {
    const { ready, stop } = supervise("serves");
    await ready;
    await stop();
    expect(isAlive(lastPid())).toBe(false);
    expect([states.length, vi.getTimerCount()]).toEqual([2, 0]);
    await stop();
  });

  it("gives up a restart that is planned", async () => {
    const { ready, stop } = supervise("endsAtOnce");
    await ready;
    await until(() => vi.getTimerCount() === 1);
    await stop();
    expect([states.length, vi.getTimerCount()]).toEqual([2, 0]);
  });

  it("ends by force a child that does not listen, and only after its time to drain", async () => {
    const { ready, stop } = supervise("isDeaf");
    await ready;
    const stopped = stop();
    vi.advanceTimersByTime(7_999);
    await sleep(50);
    expect(isAlive(lastPid())).toBe(true);
    vi.advanceTimersByTime(1);
    await stopped;
    expect(isAlive(lastPid())).toBe(false);
  });

  it("sends SIGTERM to a child that has closed its channel", async () => {
    const { ready, stop } = supervise("hangsUp");
    await ready;
    await stop();
    expect(isAlive(lastPid())).toBe(false);
  });
});
