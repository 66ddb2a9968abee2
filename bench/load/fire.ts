import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { chooser } from "./choice";
import { Connection, type Listener } from "./connection";
import type { Aim, Run, RunResult } from "./messages";
import { template } from "./request";
import { Schedule } from "./schedule";
import { Tally } from "./tally";

/** The longest that is waited for answers after the last call left, ms. What is still open then counts as unanswered. */
const DRAIN_MS = 10_000;
const TICK_MS = 1;
const SEED = 20_261_121;

/** Fires at one target, run after run. */
export type Gun = (run: Run, started: () => void) => Promise<RunResult>;

/** A function that writes the next call for a connection; its bytes are free again when the call was answered. */
function loader(aim: Aim): (connection: Connection) => Buffer {
  const { bytes, slots } = template(aim.call, aim.tokens?.length ?? 0);
  if (!aim.tokens) return () => bytes;
  const { file, length, choice } = aim.tokens;
  const tokens = readFileSync(file);
  const next = chooser(choice, tokens.length / length, SEED);
  const buffers = new WeakMap<Connection, Buffer>();
  return (connection) => {
    const own = buffers.get(connection) ?? Buffer.from(bytes);
    buffers.set(connection, own);
    for (const slot of slots) {
      const from = next() * length;
      tokens.copy(own, slot, from, from + length);
    }
    return own;
  };
}

/** A function that tells whether an answer is the one that is expected. */
function judge({ text, times }: Aim["expect"]): (body: Buffer) => boolean {
  const wanted = Buffer.from(text);
  return (body) => {
    let at = -1;
    for (let seen = 0; seen < times; seen++) {
      at = body.indexOf(wanted, at + 1);
      if (at < 0) return false;
    }
    return true;
  };
}

/** Connections that count what they are answered. */
class Battery {
  readonly #free: Connection[] = [];
  readonly #all: Connection[];
  tally = new Tally(0, 0);
  onFree: () => void = () => undefined;

  constructor(aim: Aim, count: number) {
    const isGood = judge(aim.expect);
    const listener: Listener = {
      answered: (connection, status, body) => {
        const nowMs = performance.now();
        if (status === 200 && isGood(body)) this.tally.good(connection.intendedMs, nowMs, body.length);
        else this.tally.bad(connection.intendedMs, status === 200 ? "not allowed" : `status ${status}`);
      },
      failed: (connection, reason) => this.tally.bad(connection.intendedMs, reason),
      ready: (connection) => {
        this.#free.push(connection);
        this.onFree();
      },
    };
    this.#all = Array.from({ length: count }, () => new Connection(aim.port, listener));
  }

  /** Takes a connection that can be given a call; null where there is none. */
  take(): Connection | null {
    for (let connection = this.#free.pop(); connection; connection = this.#free.pop())
      if (connection.usable) return connection; // others ended while they were idle, and come back by themselves
    return null;
  }

  /** Puts back a connection that was not given one. */
  giveBack(connection: Connection): void {
    this.#free.push(connection);
  }

  /** Waits for what is under way, then ends every connection; what is still open counts as an error. */
  async close(): Promise<void> {
    const deadline = performance.now() + DRAIN_MS;
    while (this.#all.some(({ busy }) => busy) && performance.now() < deadline) await sleep(5);
    for (const connection of this.#all) {
      if (connection.busy) this.tally.bad(connection.intendedMs, "unanswered");
      connection.close();
    }
  }
}

/** Times of one run, ms of the monotonic clock. */
function timesOf(run: Run): { startMs: number; fromMs: number; toMs: number } {
  const startMs = performance.now();
  const fromMs = startMs + run.warmUpMs;
  return { startMs, fromMs, toMs: fromMs + run.durationMs };
}

/** Processor time that this process has used, s. */
function ownSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Waits from the start of the counted time to its end; returns the processor time of this process in between, s. */
async function wait(times: { fromMs: number; toMs: number }, started: () => void): Promise<number> {
  await sleep(times.fromMs - performance.now());
  started();
  const before = ownSeconds();
  await sleep(times.toMs - performance.now());
  return ownSeconds() - before;
}

async function fireClosed(aim: Aim, run: Run, started: () => void): Promise<RunResult> {
  const load = loader(aim);
  const battery = new Battery(aim, run.connections);
  const times = timesOf(run);
  const tally = (battery.tally = new Tally(times.fromMs, times.toMs));
  battery.onFree = () => {
    const nowMs = performance.now();
    if (nowMs >= times.toMs) return;
    const connection = battery.take();
    if (!connection) return;
    connection.intendedMs = nowMs;
    connection.send(load(connection));
  };
  const seconds = await wait(times, started);
  await battery.close();
  return tally.result(seconds);
}

async function fireOpen(aim: Aim, run: Run, started: () => void): Promise<RunResult> {
  const load = loader(aim);
  const battery = new Battery(aim, run.connections);
  await sleep(100); // connections first: what is due at once must not wait for them
  const times = timesOf(run);
  const tally = (battery.tally = new Tally(times.fromMs, times.toMs));
  const ratePerSecond = run.ratePerSecond ?? 1;
  const schedule = new Schedule({ startMs: times.startMs, ratePerSecond, durationMs: run.warmUpMs + run.durationMs });
  const fire = () => {
    for (let connection = battery.take(); connection; connection = battery.take()) {
      const nowMs = performance.now();
      const intendedMs = schedule.take(nowMs);
      if (intendedMs === null) return battery.giveBack(connection);
      connection.intendedMs = intendedMs;
      tally.sent(intendedMs, nowMs);
      connection.send(load(connection));
    }
  };
  battery.onFree = fire;
  const timer = setInterval(fire, TICK_MS);
  const seconds = await wait(times, started);
  // The server may be behind: what was due is still sent, and waited for as long as anything is.
  const deadline = performance.now() + DRAIN_MS;
  while (!schedule.finished && performance.now() < deadline) await sleep(5);
  clearInterval(timer);
  for (let due = schedule.take(times.toMs); due !== null; due = schedule.take(times.toMs)) tally.bad(due, "never sent");
  await battery.close();
  return tally.result(seconds);
}

/** Makes ready for a target; what it needs of the disk is read at each run, before anything is counted. */
export function gunAt(aim: Aim): Gun {
  return (run, started) => (run.kind === "closed" ? fireClosed(aim, run, started) : fireOpen(aim, run, started));
}
