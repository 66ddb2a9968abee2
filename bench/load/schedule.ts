/**
 * When the calls of an open loop are meant to leave: the n-th at `start + n / rate`, whatever happened to those before.
 * Latency counts from then, so that a server which stalls is charged for every call that had to wait (no coordinated
 * omission).
 */
export class Schedule {
  readonly #startMs: number;
  readonly #gapMs: number;
  readonly #total: number;
  #next = 0;

  /** @param options `durationMs` bounds the calls that are due at all */
  constructor(options: { startMs: number; ratePerSecond: number; durationMs: number }) {
    this.#startMs = options.startMs;
    this.#gapMs = 1000 / options.ratePerSecond;
    this.#total = Math.max(1, Math.round((options.durationMs / 1000) * options.ratePerSecond));
  }

  /** How many calls there are in all. */
  get total(): number {
    return this.#total;
  }

  /** True once every call was taken. */
  get finished(): boolean {
    return this.#next >= this.#total;
  }

  /** The next call's intended time (ms, the clock of `startMs`), taken off the schedule; null where none is due by `nowMs`. */
  take(nowMs: number): number | null {
    if (this.finished) return null;
    const intendedMs = this.#startMs + this.#next * this.#gapMs;
    if (intendedMs > nowMs) return null;
    this.#next += 1;
    return intendedMs;
  }
}
