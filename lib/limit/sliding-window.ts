/** A limit: at most `limit` calls within any `windowSeconds`. */
export type RateLimit = { limit: number; windowSeconds: number };

/** How a window stands. `resetAtSeconds` (Unix, whole) is when the oldest counted call leaves it; now, where none is counted. */
export type WindowState = { limit: number; remaining: number; resetAtSeconds: number };

/** The outcome of asking for one call. `giveBack` undoes it where the call did not happen after all. */
export type Taken = { allowed: boolean; state: WindowState; giveBack: () => void };

type Options = {
  /** A monotonic clock, ms. */
  monotonicMs?: () => number;
  /** The wall clock, ms: for `resetAtSeconds` alone, never for counting. */
  wallMs?: () => number;
  /** Slots over all keys (16 bytes each) before the window used longest ago is forgotten. */
  maxSlots?: number;
};

/** Up to this many calls are remembered one by one; larger limits in as many steps of the window, rounded against the caller. */
export const EXACT_CALLS = 4096;
const MAX_SLOTS = 2_000_000;

/** The calls of one key: `counts[i]` of them at `times[i]`, oldest first, from `head` on. */
type Log = { times: number[]; counts: number[]; head: number; total: number };

const NOTHING = () => undefined;

/**
 * Sliding windows, in this process: no window of `windowSeconds`, wherever it starts, ever holds more than `limit`
 * allowed calls of a key. Refused calls cost nothing. Exact for limits up to 4096; above, a call may count up to
 * 1/4096 of the window too long, never too short. Bounded memory: beyond `maxSlots` the key used longest ago starts anew.
 */
export class SlidingWindows {
  readonly #logs = new Map<string, Log>();
  readonly #monotonicMs: () => number;
  readonly #wallMs: () => number;
  readonly #maxSlots: number;
  #slots = 0;

  constructor(options: Options = {}) {
    this.#monotonicMs = options.monotonicMs ?? (() => performance.now());
    this.#wallMs = options.wallMs ?? Date.now;
    this.#maxSlots = options.maxSlots ?? MAX_SLOTS;
  }

  /** Slots in use, over all keys. */
  get slots(): number {
    return this.#slots;
  }

  /** Counts one call of `key`, if the window has room for it. */
  take(key: string, rate: RateLimit): Taken {
    const nowMs = this.#monotonicMs();
    const log = this.#logs.get(key) ?? { times: [], counts: [], head: 0, total: 0 };
    this.#forgetOld(log, rate, nowMs);
    const allowed = log.total < rate.limit;
    if (!allowed) return { allowed, state: this.#state(log, rate, nowMs), giveBack: NOTHING };
    const timeMs = slotTime(rate, nowMs);
    this.#add(log, timeMs);
    this.#logs.delete(key); // and in again, as the one used last
    this.#logs.set(key, log);
    this.#makeRoom(key);
    let given = false;
    const giveBack = () => {
      if (!given) this.#remove(log, timeMs);
      given = true;
    };
    return { allowed, state: this.#state(log, rate, nowMs), giveBack };
  }

  /** How the window of `key` stands, without counting anything. */
  peek(key: string, rate: RateLimit): WindowState {
    const nowMs = this.#monotonicMs();
    const log = this.#logs.get(key);
    if (log) this.#forgetOld(log, rate, nowMs);
    return this.#state(log, rate, nowMs);
  }

  #state(log: Log | undefined, rate: RateLimit, nowMs: number): WindowState {
    const oldestMs = log && log.total > 0 ? log.times[log.head] : undefined;
    const waitMs = oldestMs === undefined ? 0 : oldestMs + rate.windowSeconds * 1000 - nowMs;
    return {
      limit: rate.limit,
      remaining: Math.max(0, rate.limit - (log?.total ?? 0)),
      resetAtSeconds: Math.ceil((this.#wallMs() + waitMs) / 1000),
    };
  }

  #forgetOld(log: Log, rate: RateLimit, nowMs: number): void {
    const horizonMs = nowMs - rate.windowSeconds * 1000;
    while (log.head < log.times.length && (log.times[log.head] ?? Infinity) <= horizonMs) {
      log.total -= log.counts[log.head] ?? 0;
      log.head++;
    }
    if (log.head > 64 && log.head * 2 > log.times.length) {
      this.#slots -= log.head;
      log.times.splice(0, log.head);
      log.counts.splice(0, log.head);
      log.head = 0;
    }
  }

  #add(log: Log, timeMs: number): void {
    const last = log.times.length - 1;
    if (last >= log.head && log.times[last] === timeMs) {
      log.counts[last] = (log.counts[last] ?? 0) + 1;
    } else {
      log.times.push(timeMs);
      log.counts.push(1);
      this.#slots++;
    }
    log.total++;
  }

  #remove(log: Log, timeMs: number): void {
    const at = log.times.lastIndexOf(timeMs);
    if (at < log.head || (log.counts[at] ?? 0) === 0) return; // it has left the window meanwhile
    log.counts[at] = (log.counts[at] ?? 0) - 1;
    log.total--;
  }

  #makeRoom(keep: string): void {
    for (const [key, log] of this.#logs) {
      if (this.#slots <= this.#maxSlots) return;
      if (key === keep) continue;
      this.#logs.delete(key);
      this.#slots -= log.times.length;
    }
  }
}

/** When a call counts as made: now; for large limits the end of the step of the window that now is in. */
function slotTime(rate: RateLimit, nowMs: number): number {
  if (rate.limit <= EXACT_CALLS) return nowMs;
  const stepMs = (rate.windowSeconds * 1000) / EXACT_CALLS;
  return (Math.floor(nowMs / stepMs) + 1) * stepMs;
}
