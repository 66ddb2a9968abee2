import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { TestRedis } from "@/lib/testing/redis";
import { RateLimiter } from "./rate-limiter";
import { SharedWindows } from "./shared-window";
import { SlidingWindows, type RateLimit } from "./sliding-window";

let redis: TestRedis;
beforeAll(async () => {
  redis = await TestRedis.begin();
});
afterAll(() => redis.stop());

const open: SharedWindows[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((shared) => shared.close()));
});

let keys = 0;
const newKey = () => `tok_${process.pid}_${++keys}`;
const rate = (limit: number, windowSeconds = 60): RateLimit => ({ limit, windowSeconds });

async function sharing(processes = 1): Promise<{ limiter: RateLimiter; shared: SharedWindows }> {
  const shared = new SharedWindows(redis.url);
  open.push(shared);
  await vi.waitFor(() => expect(shared.connected).toBe(true), 10_000);
  return { shared, limiter: new RateLimiter({ own: new SlidingWindows(), shared, processes: () => processes }) };
}

const alone = (processes: () => number) => new RateLimiter({ own: new SlidingWindows(), shared: null, processes });

async function allowed(limiter: RateLimiter, key: string, limit: RateLimit, calls: number): Promise<number> {
  let count = 0;
  for (let left = calls; left > 0; left -= 50) {
    const some = Array.from({ length: Math.min(50, left) }, async () => (await limiter.take(key, limit)).allowed);
    count += (await Promise.all(some)).filter(Boolean).length;
  }
  return count;
}

describe("with a store", () => {
  it("processes together allow exactly the limit, whoever asks, and say what remains", async () => {
    const [first, second, third] = [await sharing(3), await sharing(3), await sharing(3)];
    const key = newKey();
    const each = [first, second, third].map(({ limiter }) => allowed(limiter, key, rate(100), 60));
    expect((await Promise.all(each)).reduce((sum, count) => sum + count, 0)).toBe(100);
    const refused = await second.limiter.take(key, rate(100));
    expect(refused).toMatchObject({ allowed: false, state: { limit: 100, remaining: 0 } });
    expect(refused.state.resetAtSeconds).toBeGreaterThan(Date.now() / 1000);
  });

  it("holds for limits above what is remembered call by call, too", async () => {
    const [first, second] = [await sharing(), await sharing()];
    const key = newKey();
    expect(await allowed(first.limiter, key, rate(5000), 4990)).toBe(4990);
    expect(await allowed(second.limiter, key, rate(5000), 30)).toBe(10);
  });

  it("lets a call in again when the oldest has left the window, and no sooner", async () => {
    const { limiter } = await sharing();
    const key = newKey();
    const startedMs = performance.now();
    expect(await allowed(limiter, key, rate(2, 1), 3)).toBe(2);
    await vi.waitFor(async () => expect((await limiter.take(key, rate(2, 1))).allowed).toBe(true), {
      timeout: 10_000,
      interval: 20,
    });
    expect(performance.now() - startedMs).toBeGreaterThan(950);
  });

  it("gives a call back that did not happen", async () => {
    const [first, second] = [await sharing(), await sharing()];
    const key = newKey();
    const taken = await first.limiter.take(key, rate(1));
    expect((await second.limiter.take(key, rate(1))).allowed).toBe(false);
    taken.giveBack();
    await vi.waitFor(async () => expect((await second.limiter.take(key, rate(1))).allowed).toBe(true), 10_000);
  });

  it("keeps the windows of tokens apart", async () => {
    const { limiter } = await sharing();
    expect(await allowed(limiter, newKey(), rate(5), 10)).toBe(5);
    expect(await allowed(limiter, newKey(), rate(5), 10)).toBe(5);
  });
});

describe("a store that fails", () => {
  it("away: each process enforces its share, what it had counted included, and shares again when it is back", async () => {
    const { limiter, shared } = await sharing(2);
    const key = newKey();
    expect(await allowed(limiter, key, rate(100), 30)).toBe(30);
    await redis.stop();
    await vi.waitFor(() => expect(shared.connected).toBe(false), 10_000);
    expect(await allowed(limiter, key, rate(100), 100)).toBe(20); // half of 100, less the 30
    await redis.start();
    await vi.waitFor(() => expect(shared.connected).toBe(true), 10_000);
    expect(await allowed(limiter, newKey(), rate(10), 20)).toBe(10);
  });

  it("that hangs delays nobody for long, and allows no more than the share of one process", async () => {
    const { limiter } = await sharing(4);
    redis.pause();
    try {
      expect(await allowed(limiter, newKey(), rate(100), 200)).toBe(25);
    } finally {
      redis.resume();
    }
  });

  it("never lets one process allow more than the whole limit, however often it comes and goes", async () => {
    const { limiter, shared } = await sharing(1);
    const key = newKey();
    let total = 0;
    for (let round = 0; round < 3; round++) {
      total += await allowed(limiter, key, rate(50), 20);
      await redis.stop(); // and forgets everything
      await vi.waitFor(() => expect(shared.connected).toBe(false), 10_000);
      total += await allowed(limiter, key, rate(50), 5);
      await redis.start();
      await vi.waitFor(() => expect(shared.connected).toBe(true), 10_000);
    }
    expect(total).toBe(50);
  });
});

describe("without a store", () => {
  it("enforces the share of one of several processes, at least one call, and says so", async () => {
    const limiter = alone(() => 3);
    const key = newKey();
    expect(await limiter.take(key, rate(100))).toMatchObject({ allowed: true, state: { limit: 33, remaining: 32 } });
    expect(await allowed(limiter, key, rate(100), 100)).toBe(32);
    expect(await allowed(limiter, newKey(), rate(2), 5)).toBe(1);
  });

  it("follows the number of processes as it changes", async () => {
    let processes = 4;
    const limiter = alone(() => processes);
    const key = newKey();
    expect(await allowed(limiter, key, rate(100), 100)).toBe(25);
    processes = 2;
    expect(await allowed(limiter, key, rate(100), 100)).toBe(25);
  });

  it("answers at once, with no promise in the way", () => {
    expect(alone(() => 1).take(newKey(), rate(1))).toMatchObject({ allowed: true });
  });
});
