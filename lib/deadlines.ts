/** Something that must have ended by a time. Set `done` when it has. */
export type Deadline = { done: boolean };

type Waiting = Deadline & { atMs: number; late: () => void };

/** How often is looked, as a part of the time that is given. */
const LOOKS = 32;

/**
 * Deadlines that are all the same time away: one timer for thousands of them. Whoever is late hears it up to 1/32 of
 * that time later.
 */
export class Deadlines {
  readonly #ms: number;
  /** Oldest first, from `#head` on. */
  #waiting: Waiting[] = [];
  #head = 0;
  #timer: NodeJS.Timeout | null = null;

  constructor(ms: number) {
    this.#ms = ms;
  }

  /** Calls `late` when the time has passed and the deadline is not `done`. */
  begin(late: () => void): Deadline {
    const deadline: Waiting = { done: false, atMs: performance.now() + this.#ms, late };
    this.#waiting.push(deadline);
    this.#timer ??= setTimeout(() => this.#look(), this.#ms / LOOKS);
    return deadline;
  }

  #look(): void {
    const nowMs = performance.now();
    for (let first = this.#waiting[this.#head]; first; first = this.#waiting[++this.#head]) {
      if (!first.done && first.atMs > nowMs) break;
      if (!first.done) first.late();
    }
    this.#waiting.splice(0, this.#head);
    this.#head = 0;
    this.#timer = this.#waiting.length > 0 ? setTimeout(() => this.#look(), this.#ms / LOOKS) : null;
  }
}
