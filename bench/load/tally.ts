import { Histogram } from "./histogram";
import type { RunResult } from "./messages";

/** Counts what happens to the calls of one run. Times are ms of one monotonic clock. */
export class Tally {
  readonly #latency = new Histogram();
  readonly #lateness = new Histogram();
  readonly #errors: Record<string, number> = {};
  readonly #fromMs: number;
  readonly #toMs: number;
  #answered = 0;
  #answerBytes = 0;

  /** Counts the calls that belong to the time from `fromMs` to `toMs`. */
  constructor(fromMs: number, toMs: number) {
    this.#fromMs = fromMs;
    this.#toMs = toMs;
  }

  /** A call left at `nowMs`, meant for `intendedMs`. */
  sent(intendedMs: number, nowMs: number): void {
    if (this.#counts(intendedMs)) this.#lateness.record((nowMs - intendedMs) * 1000);
  }

  /**
   * A good answer. Its latency counts where the call was meant for the counted time, also when it came after it: slow
   * calls must not fall out at the end. For the rate it counts where it came within.
   */
  good(intendedMs: number, nowMs: number, bytes: number): void {
    if (this.#counts(nowMs)) this.#answered += 1;
    if (this.#counts(intendedMs)) this.#latency.record((nowMs - intendedMs) * 1000);
    this.#answerBytes = bytes;
  }

  /** A call that was answered otherwise or not at all. */
  bad(intendedMs: number, reason: string): void {
    if (this.#counts(intendedMs)) this.#errors[reason] = (this.#errors[reason] ?? 0) + 1;
  }

  #counts(atMs: number): boolean {
    return atMs >= this.#fromMs && atMs < this.#toMs;
  }

  /** What was seen in all. `generatorSeconds` is processor time. */
  result(generatorSeconds: number): RunResult {
    const seconds = (this.#toMs - this.#fromMs) / 1000;
    return {
      answered: this.#answered,
      perSecond: this.#answered / seconds,
      latency: this.#latency.toJSON(),
      lateness: this.#lateness.toJSON(),
      errors: this.#errors,
      answerBytes: this.#answerBytes,
      generatorLoad: generatorSeconds / seconds,
    };
  }
}
