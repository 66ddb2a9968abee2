import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { prepareEntry, type PreparedEntry } from "@/lib/audit/entry";
import { anonymousCtx } from "@/lib/testing/ctx";
import { Recorder } from "./recorder";

const entry = (): PreparedEntry => prepareEntry(anonymousCtx(), { action: "key.refuse", outcome: "denied" });

/** A log that a test opens, shuts and watches. */
function log() {
  const batches: PreparedEntry[][] = [];
  const state = { broken: null as Error | null, gate: Promise.resolve() };
  const write = async (entries: readonly PreparedEntry[]) => {
    await state.gate;
    if (state.broken) throw state.broken;
    batches.push([...entries]);
  };
  /** Holds every write until the returned function is called. */
  const hold = () => {
    let open = () => undefined as void;
    state.gate = new Promise<void>((resolve) => (open = resolve));
    return () => open();
  };
  return { batches, state, write, hold };
}

describe("Recorder, durable", () => {
  it("commits all that wait together, and answers none before its commit", async () => {
    const { write, hold, batches } = log();
    const recorder = new Recorder({ write });
    const open = hold();
    let answered = 0;
    const first = recorder.record([entry()]).then(() => answered++);
    await sleep(5); // the first is being written; these wait for the next commit
    const rest = Array.from({ length: 50 }, () => recorder.record([entry(), entry()]).then(() => answered++));
    await sleep(5);
    expect(answered).toBe(0);
    open();
    await Promise.all([first, ...rest]);
    expect(batches.map((batch) => batch.length)).toEqual([1, 100]);
    expect(recorder.waiting).toBe(0);
  });

  it("splits what is more than a batch, keeps the order, and never splits a job", async () => {
    const { write, batches } = log();
    const recorder = new Recorder({ write, maxBatch: 10 });
    const jobs = Array.from({ length: 9 }, (_none, i) => Array.from({ length: (i % 4) + 1 }, entry));
    await Promise.all([...jobs, Array.from({ length: 25 }, entry)].map((job) => recorder.record(job)));
    expect(batches.every((batch) => batch.length <= 10 || batch.length === 25)).toBe(true);
    expect(batches.flat().slice(0, -25)).toEqual(jobs.flat());
  });

  it("refuses with unavailable where the write fails, and recovers by itself", async () => {
    const { write, state, batches } = log();
    const recorder = new Recorder({ write });
    state.broken = new Error("connection lost");
    await expect(recorder.record([entry()])).rejects.toMatchObject({ code: "unavailable", retryAfterSeconds: 1 });
    state.broken = null;
    await recorder.record([entry()]);
    expect(batches).toHaveLength(1);
  });

  it("refuses where the write hangs, and drops what had not begun", async () => {
    const { write, hold, batches } = log();
    const recorder = new Recorder({ write, maxWaitMs: 40 });
    const open = hold();
    // Expected from the first moment: on a slow machine the first is refused before the second is asked.
    const refused = (recording: Promise<void>) => expect(recording).rejects.toMatchObject({ code: "unavailable" });
    const began = refused(recorder.record([entry()]));
    await Promise.resolve();
    await sleep(5);
    await Promise.all([began, refused(recorder.record([entry()]))]);
    open();
    await recorder.flush();
    expect(batches).toHaveLength(1);
    expect(recorder.waiting).toBe(0);
  });

  it("refuses at once where too many wait", async () => {
    const { write, hold } = log();
    const recorder = new Recorder({ write, maxWaiting: 3 });
    const open = hold();
    const taken = [recorder.record([entry(), entry()]), recorder.record([entry()])];
    await expect(recorder.record([entry()])).rejects.toMatchObject({ code: "unavailable" });
    open();
    await Promise.all(taken);
    await recorder.record([entry()]);
  });

  it("refuses at once what would wait in vain, and takes more as soon as it has caught up", async () => {
    const { write, hold, batches } = log();
    const recorder = new Recorder({ write, maxBehindMs: 20, maxWaitMs: 10_000 });
    const open = hold();
    const began = recorder.record([entry()]);
    await sleep(5);
    const next = recorder.record([entry()]);
    await sleep(40);
    await expect(recorder.record([entry()])).rejects.toMatchObject({ code: "unavailable", retryAfterSeconds: 1 });
    open();
    await Promise.all([began, next]);
    await recorder.record([entry()]);
    expect(batches).toHaveLength(3);
  });

  it("refuses only the entry that the database cannot hold, not its neighbours", async () => {
    const poison = entry();
    const written: PreparedEntry[] = [];
    const recorder = new Recorder({
      write: (entries) => {
        if (entries.includes(poison)) return Promise.reject(Object.assign(new Error("bad data"), { code: "22P05" }));
        written.push(...entries);
        return Promise.resolve();
      },
    });
    const outcomes = await Promise.allSettled([entry(), poison, entry()].map((one) => recorder.record([one])));
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(written).toHaveLength(2);
  });

  it("writes what waits when it closes, and takes nothing after", async () => {
    const { write, batches } = log();
    const recorder = new Recorder({ write });
    const last = recorder.record([entry()]);
    expect(await recorder.close()).toBe(0);
    await last;
    expect(batches).toHaveLength(1);
    await expect(recorder.record([entry()])).rejects.toMatchObject({ code: "unavailable" });
  });
});

describe("Recorder, buffered", () => {
  it("answers before the commit, but not where durable is asked for", async () => {
    const { write, hold, batches } = log();
    const recorder = new Recorder({ write, durable: false });
    const open = hold();
    await recorder.record([entry()]);
    expect(batches).toHaveLength(0);
    let done = false;
    const durable = recorder.record([entry()], { durable: true }).then(() => (done = true));
    await sleep(5);
    expect(done).toBe(false);
    open();
    await durable;
    await recorder.flush();
    expect(batches.flat()).toHaveLength(2);
  });

  it("keeps what it answered for through an outage, allows nothing meanwhile, and recovers by itself", async () => {
    const { write, state, batches } = log();
    const recorder = new Recorder({ write, durable: false, retryMs: 5 });
    state.broken = new Error("connection lost");
    const kept = entry();
    await recorder.record([kept]);
    await sleep(20);
    await expect(recorder.record([entry()])).rejects.toMatchObject({ code: "unavailable" });
    state.broken = null;
    await recorder.flush();
    expect(batches.flat()).toEqual([kept]);
    await recorder.record([entry()]);
  });

  it("waits for what was answered before, without waiting for all that comes after", async () => {
    const { write, hold, batches } = log();
    const recorder = new Recorder({ write, durable: false, maxBatch: 1 });
    await recorder.answered();
    const open = hold();
    const first = entry();
    await recorder.record([first]);
    const answered = recorder.answered().then(() => batches.length);
    for (let i = 0; i < 5; i++) await recorder.record([entry()]);
    open();
    expect(await answered).toBeLessThan(6);
    expect(batches[0]).toEqual([first]);
    await recorder.flush();
  });

  it("says how many entries it could not write when it closes", async () => {
    const { write, state } = log();
    const recorder = new Recorder({ write, durable: false, retryMs: 5 });
    state.broken = new Error("connection lost");
    await recorder.record([entry(), entry()]);
    expect(await recorder.close()).toBe(2);
  });
});
