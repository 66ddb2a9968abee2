import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { CheckedLeaves, LeafSource, LeafSpan } from "@/lib/audit/proof/leaves";

/** What a thread is told: the database, and the snapshot that all of them look at. */
export type CheckerData = { url: string; snapshot: string };

/** More threads than that wait for PostgreSQL. */
const MOST = 8;
/** Spans that are looked at before they are asked for, for each thread: those that are ready wait in memory, at 2 MiB each. */
const AHEAD = 2;

type Job = { span: LeafSpan; done: (checked: CheckedLeaves) => void; failed: (error: unknown) => void };

/** Threads that look at spans of the log side by side, somewhat ahead of whoever asks for them in their order. */
export class Checkers implements LeafSource {
  readonly #threads: Worker[];
  readonly #idle: Worker[];
  readonly #busy = new Map<Worker, Job>();
  readonly #ahead = new Map<number, Promise<CheckedLeaves>>();
  #spans: LeafSpan[];
  #jobs: Job[] = [];
  #error: unknown;

  /** @param spans all that will be asked for, in that order */
  constructor(script: URL, data: CheckerData, spans: readonly LeafSpan[]) {
    this.#spans = [...spans];
    const count = Math.max(1, Math.min(MOST, availableParallelism(), spans.length));
    this.#threads = Array.from({ length: count }, () => this.#start(script, data));
    this.#idle = [...this.#threads];
  }

  #start(script: URL, data: CheckerData): Worker {
    const thread = new Worker(script, { workerData: data });
    thread.on("message", (checked: CheckedLeaves) => {
      this.#busy.get(thread)?.done(checked);
      this.#busy.delete(thread);
      this.#idle.push(thread);
      this.#give();
    });
    thread.on("error", (error) => this.#fail(error));
    return thread;
  }

  #fail(error: unknown): void {
    this.#error ??= error;
    for (const { failed } of [...this.#busy.values(), ...this.#jobs]) failed(this.#error);
    this.#busy.clear();
    this.#jobs = [];
  }

  #give(): void {
    while (this.#idle.length > 0 && this.#jobs.length > 0) {
      const [thread, job] = [this.#idle.pop(), this.#jobs.shift()];
      if (!thread || !job) return;
      this.#busy.set(thread, job);
      thread.postMessage(job.span);
    }
  }

  #look(span: LeafSpan): Promise<CheckedLeaves> {
    const checked = new Promise<CheckedLeaves>((done, failed) => {
      if (this.#error === undefined) this.#jobs.push({ span, done, failed });
      else failed(this.#error);
    });
    checked.catch(() => undefined); // whoever asks for it hears of it
    this.#give();
    return checked;
  }

  async of(span: LeafSpan): Promise<CheckedLeaves> {
    while (this.#spans.length > 0 && this.#ahead.size < this.#threads.length * AHEAD) {
      const next = this.#spans.shift();
      if (next) this.#ahead.set(next.from, this.#look(next));
    }
    const checked = this.#ahead.get(span.from) ?? this.#look(span);
    this.#ahead.delete(span.from);
    return checked;
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }
}

/** True where threads are worth their start: there is more than one span, and more than one core. */
export const isWorthThreads = (spans: readonly LeafSpan[]): boolean => spans.length > 1 && availableParallelism() > 1;
