import "server-only";
import type { SharedWindows } from "./shared-window";
import type { RateLimit, SlidingWindows, Taken, WindowState } from "./sliding-window";

type Options = {
  /** This process's own windows. */
  own: SlidingWindows;
  /** The windows that all processes share; null without `REDIS_URL`. */
  shared: SharedWindows | null;
  /** How many processes answer calls at present, this one among them. */
  processes: () => number;
};

/**
 * Rate limits over all processes. With a store every call is counted there. Without one, or while it does not answer, each
 * process enforces its share: the limit divided by the processes, at least one call. In no case does one process allow
 * more than the whole limit.
 */
export class RateLimiter {
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Counts one call, if there is room for it. A promise only where the store is asked. */
  take(key: string, rate: RateLimit): Taken | Promise<Taken> {
    const { own, shared } = this.#options;
    if (!shared?.connected) return own.take(key, this.#share(rate));
    const here = own.take(key, rate);
    return here.allowed ? this.#takeShared(shared, key, rate, here) : here;
  }

  async #takeShared(shared: SharedWindows, key: string, rate: RateLimit, here: Taken): Promise<Taken> {
    const there = await shared.take(key, rate);
    if (there === null) return this.#withinShare(rate, here);
    if (!there.allowed) here.giveBack();
    return {
      allowed: there.allowed,
      state: there.state,
      giveBack: () => {
        here.giveBack();
        there.giveBack();
      },
    };
  }

  /** The store went away with the question: what was counted here decides, by this process's share. */
  #withinShare(rate: RateLimit, here: Taken): Taken {
    const share = this.#share(rate).limit;
    const used = here.state.limit - here.state.remaining;
    const allowed = used <= share;
    if (!allowed) here.giveBack();
    return { ...here, allowed, state: { ...here.state, limit: share, remaining: Math.max(0, share - used) } };
  }

  /** How the window stands, without counting anything: in this process, which is enough for a call that is refused anyway. */
  peek(key: string, rate: RateLimit): WindowState {
    const { own, shared } = this.#options;
    return own.peek(key, shared?.connected ? rate : this.#share(rate));
  }

  #share({ limit, windowSeconds }: RateLimit): RateLimit {
    return { limit: Math.max(1, Math.floor(limit / Math.max(1, this.#options.processes()))), windowSeconds };
  }
}
