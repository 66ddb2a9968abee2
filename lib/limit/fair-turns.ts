import { GatehouseError } from "@/lib/errors";

type Options = {
  /** Units of work under way at once. Work of more units runs alone. */
  atOnce: () => number;
  /** Pieces of work that wait, of all parties; any further one throws `unavailable` at once. */
  waiting: number;
  /** Work that has waited this long throws `unavailable` when its turn comes: whoever wanted it has gone, ms. */
  maxWaitMs: number;
};

type Waiting = { units: number; sinceMs: number; begin: () => void; giveUp: () => void };

const unavailable = (internal: string) => new GatehouseError("unavailable", { internal, retryAfterSeconds: 1 });

/**
 * Turns for work of several parties, so much of it at once: within a party first come first served, and the parties one
 * after the other, so that one which brings a flood waits behind itself.
 */
export class FairTurns {
  readonly #options: Options;
  /** By party; the first one's turn is next. */
  readonly #queues = new Map<string, Waiting[]>();
  #running = 0;
  #waiting = 0;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Pieces of work that wait for their turn. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Does the work in its turn. Throws what the work throws, and `unavailable` where too much waits or it waited too long. */
  async take<T>(party: string, units: number, work: () => Promise<T>): Promise<T> {
    if (this.#waiting > 0 || !this.#fits(units)) await this.#untilTurn(party, units);
    else this.#running += units;
    try {
      return await work();
    } finally {
      this.#running -= units;
      this.#beginNext();
    }
  }

  #fits(units: number): boolean {
    return this.#running === 0 || this.#running + units <= this.#options.atOnce();
  }

  #untilTurn(party: string, units: number): Promise<void> {
    if (this.#waiting >= this.#options.waiting) throw unavailable("too many wait for their turn");
    this.#waiting++;
    return new Promise((begin, reject) => {
      const giveUp = () => reject(unavailable("the turn came too late"));
      const queue = this.#queues.get(party) ?? [];
      queue.push({ units, sinceMs: performance.now(), begin, giveUp });
      this.#queues.set(party, queue);
    });
  }

  #beginNext(): void {
    for (const [party, queue] of this.#queues) {
      const [next] = queue as [Waiting];
      if (!this.#fits(next.units)) return;
      this.#take(party, queue);
      if (performance.now() - next.sinceMs > this.#options.maxWaitMs) {
        next.giveUp();
        continue;
      }
      this.#running += next.units;
      next.begin();
    }
  }

  /** Takes the first of a party's queue; what is left of it goes behind all others. */
  #take(party: string, queue: Waiting[]): void {
    queue.shift();
    this.#waiting--;
    this.#queues.delete(party);
    if (queue.length > 0) this.#queues.set(party, queue);
  }
}
