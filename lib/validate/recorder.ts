import "server-only";
import { Deadlines } from "@/lib/deadlines";
import { GatehouseError } from "@/lib/errors";
import type { PreparedEntry } from "@/lib/audit/entry";

type Options = {
  /** Writes entries in one transaction and resolves after its commit; none of them is written where it throws. */
  write: (entries: readonly PreparedEntry[]) => Promise<void>;
  /** Where false (`GATEHOUSE_AUDIT=buffered`), `record` resolves before the commit. */
  durable?: boolean;
  /** Entries that may wait; more are refused with `unavailable`. */
  maxWaiting?: number;
  /** The longest that a caller waits for its commit, ms (and up to 1/32 more). */
  maxWaitMs?: number;
  /** Nothing more is taken while the entry that is next has waited this long, ms: what comes later would wait in vain. */
  maxBehindMs?: number;
  /** Entries of one commit. A job larger than that still goes in one. */
  maxBatch?: number;
  /** After a failed write in buffered mode: how long until the next attempt, ms. */
  retryMs?: number;
};

/** Entries that are written together or not at all, and those who wait for them. */
type Job = {
  entries: readonly PreparedEntry[];
  /** True where nobody waits any more: what is buffered is kept until it is written. */
  buffered: boolean;
  settle: (error: unknown) => void;
  dropped: boolean;
  /** Since when it waits, ms of the monotonic clock. */
  sinceMs: number;
};

const unavailable = (internal: string, cause?: unknown) =>
  new GatehouseError("unavailable", {
    detail: "The decision could not be recorded, so nothing was allowed.",
    internal,
    retryAfterSeconds: 1,
    cause,
  });

/**
 * Group commit for the audit log: while one commit is under way all others wait, and then go together in the next one.
 * So the log costs one commit for many decisions, and an answer still leaves after its own entry is durable.
 * Fails closed: whoever's entry cannot be written in time gets `unavailable`, and an entry still waiting then is dropped.
 */
export class Recorder {
  readonly #write: Options["write"];
  readonly #durable: boolean;
  readonly #maxWaiting: number;
  readonly #deadlines: Deadlines;
  readonly #maxBehindMs: number;
  readonly #maxBatch: number;
  readonly #retryMs: number;
  #queue: Job[] = [];
  #waiting = 0;
  #running: Promise<void> | null = null;
  #failing = false;
  #closed = false;

  constructor(options: Options) {
    this.#write = options.write;
    this.#durable = options.durable ?? true;
    this.#maxWaiting = options.maxWaiting ?? 20_000;
    this.#deadlines = new Deadlines(options.maxWaitMs ?? 850);
    this.#maxBehindMs = options.maxBehindMs ?? 500;
    this.#maxBatch = options.maxBatch ?? 500;
    this.#retryMs = options.retryMs ?? 250;
  }

  /** Entries that wait or are being written. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * Records entries, all or none, in their order. Resolves after their commit (in buffered mode at once, unless
   * `durable` is asked for). Throws `unavailable` where they cannot be recorded in time.
   */
  record(entries: readonly PreparedEntry[], options: { durable?: boolean } = {}): Promise<void> {
    if (entries.length === 0) return Promise.resolve();
    if (this.#closed) return Promise.reject(unavailable("the recorder is closed"));
    if (this.#waiting + entries.length > this.#maxWaiting) return Promise.reject(unavailable("too many entries wait"));
    if (this.#behindMs() > this.#maxBehindMs) return Promise.reject(unavailable("the audit log is behind"));
    const durable = this.#durable || options.durable === true;
    // Buffering bridges a commit, not an outage: while the log cannot be written, nothing is allowed.
    if (!durable && this.#failing) return Promise.reject(unavailable("the audit log cannot be written"));
    return durable ? this.#recordAndWait(entries) : this.#buffer(entries);
  }

  /** How long the entry that is next has waited. Beyond its capacity the log would else be busy with what is given up. */
  #behindMs(): number {
    const [next] = this.#queue;
    return next ? performance.now() - next.sinceMs : 0;
  }

  #recordAndWait(entries: readonly PreparedEntry[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const deadline = this.#deadlines.begin(() => {
        job.dropped = true;
        reject(unavailable("the audit log did not commit in time"));
      });
      const settle = (error: unknown) => {
        deadline.done = true;
        if (error === null) resolve();
        else reject(unavailable("the audit log could not be written", error));
      };
      const job: Job = { entries, buffered: false, settle, dropped: false, sinceMs: performance.now() };
      this.#enqueue(job);
    });
  }

  #buffer(entries: readonly PreparedEntry[]): Promise<void> {
    const settle = () => undefined;
    this.#enqueue({ entries, buffered: true, settle, dropped: false, sinceMs: performance.now() });
    return Promise.resolve();
  }

  #enqueue(job: Job): void {
    this.#queue.push(job);
    this.#waiting += job.entries.length;
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    await Promise.resolve(); // everything that arrives in this turn of the event loop goes together
    while (this.#queue.length > 0) {
      const batch = this.#nextBatch();
      if (batch.length > 0) await this.#commit(batch);
      if (this.#failing && this.#queue.some((job) => job.buffered)) {
        if (this.#closed) break; // `close` says that something was lost
        await new Promise((resolve) => setTimeout(resolve, this.#retryMs).unref());
      }
    }
    this.#running = null; // with no await since the queue was seen empty: what comes next starts a new run
  }

  #nextBatch(): Job[] {
    const batch: Job[] = [];
    let size = 0;
    let taken = 0;
    for (const job of this.#queue) {
      if (batch.length > 0 && size + job.entries.length > this.#maxBatch) break;
      taken += 1;
      if (job.dropped) {
        this.#waiting -= job.entries.length;
        continue;
      }
      batch.push(job);
      size += job.entries.length;
    }
    // All at once: to shift one after the other moves a long queue each time.
    this.#queue.splice(0, taken);
    return batch;
  }

  async #commit(batch: Job[]): Promise<void> {
    try {
      await this.#write(batch.flatMap(({ entries }) => entries));
    } catch (error) {
      if (batch.length > 1 && isAboutTheData(error)) return this.#commitOneByOne(batch);
      this.#failing ||= !isAboutTheData(error);
      const kept = batch.filter((job) => job.buffered && !isAboutTheData(error));
      this.#queue.unshift(...kept);
      for (const job of batch) if (!kept.includes(job)) this.#finish(job, error);
      if (!isAboutTheData(error)) this.#refuseAllWhoWait(error);
      return;
    }
    this.#failing = false;
    for (const job of batch) this.#finish(job, null);
  }

  /** One entry that the database refuses must not deny everybody who happened to wait beside it. */
  async #commitOneByOne(batch: readonly Job[]): Promise<void> {
    for (const job of batch) await this.#commit([job]);
  }

  /** Whoever waits while the log turns out to be away hears it at once, rather than after the same wait again. */
  #refuseAllWhoWait(error: unknown): void {
    const refused = this.#queue.filter((job) => !job.buffered);
    this.#queue = this.#queue.filter((job) => job.buffered);
    for (const job of refused) this.#finish(job, error);
  }

  #finish(job: Job, error: unknown): void {
    this.#waiting -= job.entries.length;
    job.settle(error);
  }

  /**
   * Resolves once everything that was answered before this call is in the log: at once in durable mode; in buffered mode
   * with the commit that follows. Throws `unavailable` as `record` does.
   */
  answered(): Promise<void> {
    return this.#durable || this.#waiting === 0 ? Promise.resolve() : this.#recordAndWait([]);
  }

  /** Waits until nothing waits any more. */
  async flush(): Promise<void> {
    while (this.#running) await this.#running;
  }

  /** Takes nothing more, writes what waits, and returns how many buffered entries could not be written. */
  async close(): Promise<number> {
    this.#closed = true;
    await this.flush();
    return this.#waiting;
  }
}

/** True for SQLSTATE classes 22 (data) and 23 (constraint): trying the same again cannot help. */
function isAboutTheData(error: unknown): boolean {
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  return typeof code === "string" && /^2[23]...$/.test(code);
}
