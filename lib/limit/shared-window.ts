import "server-only";
import { createClient } from "@redis/client";
import { log } from "@/lib/log";
import { EXACT_CALLS, type RateLimit, type WindowState } from "./sliding-window";

/** The longest that a decision waits for the store, ms; then the process counts for itself. */
const ANSWER_MS = 150;
/** How long a store that did not answer is left alone, ms. */
const REST_MS = 1_000;

/**
 * The sliding window of `SlidingWindows`, in the store: the calls counted at each moment, which moments there are, and the sum.
 * KEYS: moments (sorted set), counts (hash; `n` is the sum). ARGV: limit, window in µs, step in µs (0: each call by itself).
 * By the store's own clock, the same for every process. One script runs at a time.
 */
const TAKE = `
local now = redis.call('TIME')
now = now[1] * 1000000 + now[2]
local limit, window, step = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local text = function(micros) return string.format('%.0f', micros) end
for _, moment in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', text(now - window))) do
  redis.call('HINCRBY', KEYS[2], 'n', -tonumber(redis.call('HGET', KEYS[2], moment) or 0))
  redis.call('HDEL', KEYS[2], moment)
  redis.call('ZREM', KEYS[1], moment)
end
local count = tonumber(redis.call('HGET', KEYS[2], 'n') or 0)
local moment = ''
if count < limit then
  local at = now
  if step > 0 then at = (math.floor(now / step) + 1) * step end
  moment = text(at)
  redis.call('ZADD', KEYS[1], moment, moment)
  redis.call('HINCRBY', KEYS[2], moment, 1)
  count = redis.call('HINCRBY', KEYS[2], 'n', 1)
  local keep = math.ceil((window + step) / 1000) + 1000
  redis.call('PEXPIRE', KEYS[1], keep)
  redis.call('PEXPIRE', KEYS[2], keep)
end
local oldest = redis.call('ZRANGE', KEYS[1], 0, 0)[1] or text(now - window)
return { moment, count, text(tonumber(oldest) + window) }`;

/** Takes one counted call back. KEYS as above; ARGV: its moment. */
const GIVE_BACK = `
if tonumber(redis.call('HGET', KEYS[2], ARGV[1]) or 0) > 0 then
  redis.call('HINCRBY', KEYS[2], ARGV[1], -1)
  redis.call('HINCRBY', KEYS[2], 'n', -1)
end`;

/** What the store says of one call; null where it does not answer in time. */
export type SharedTaken = { allowed: boolean; state: WindowState; giveBack: () => void } | null;

/** Sliding windows that all processes share, in Redis or Valkey (`REDIS_URL`). Never throws. */
export class SharedWindows {
  readonly #client;
  #away = false;
  /** Until then nobody waits for a store that did not answer (monotonic clock). */
  #restsUntilMs = -Infinity;

  constructor(url: string) {
    this.#client = createClient({
      url,
      disableOfflineQueue: true,
      socket: { connectTimeout: 1_000, reconnectStrategy: (retries) => Math.min(100 * 2 ** retries, 5_000) },
    });
    this.#client.on("error", (error: unknown) => this.#noteAway(error));
    void this.#client.connect().catch((error: unknown) => this.#noteAway(error));
  }

  /** True while the store answers, as far as is known. */
  get connected(): boolean {
    return this.#client.isReady && performance.now() >= this.#restsUntilMs;
  }

  /** Counts one call, if the window has room for it. */
  async take(key: string, { limit, windowSeconds }: RateLimit): Promise<SharedTaken> {
    const windowMicros = windowSeconds * 1e6;
    const stepMicros = limit <= EXACT_CALLS ? 0 : Math.floor(windowMicros / EXACT_CALLS);
    const values = [limit, windowMicros, stepMicros].map(String);
    try {
      const answer = (await this.#run(TAKE, key, values)) as [moment: string, count: number, resetMicros: string];
      this.#noteBack();
      const [moment, counted, resetMicros] = answer;
      return {
        allowed: moment !== "",
        state: {
          limit,
          remaining: Math.max(0, limit - counted),
          resetAtSeconds: Math.ceil(Number(resetMicros) / 1e6),
        },
        giveBack: () => {
          if (moment !== "") void this.#run(GIVE_BACK, key, [moment]).catch(() => undefined);
        },
      };
    } catch (error) {
      this.#noteAway(error);
      return null;
    }
  }

  /** The braces keep both keys of a window on one node of a cluster. */
  async #run(script: string, key: string, values: string[]): Promise<unknown> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${ANSWER_MS} ms`)), ANSWER_MS);
    });
    const keys = [`gatehouse:{${key}}:moments`, `gatehouse:{${key}}:counts`];
    const answer = this.#client.eval(script, { keys, arguments: values });
    answer.catch(() => undefined); // where it comes too late nobody listens any more
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  #noteAway(error: unknown): void {
    if (!this.#away)
      log.warn({ err: error }, "REDIS_URL does not answer: each process enforces its share of the rate limits");
    this.#away = true;
    this.#restsUntilMs = performance.now() + REST_MS;
  }

  #noteBack(): void {
    if (this.#away) log.info("REDIS_URL answers again: rate limits are shared");
    this.#away = false;
  }

  async close(): Promise<void> {
    await this.#client.close().catch(() => this.#client.destroy());
  }
}
