import { expect, vi } from "vitest";
import { db } from "@/lib/db";
import { factCache, startCaching, type FactCache } from "@/lib/validate/fact-cache";

/** Lets this process cache, and waits until it has heard of every change: tests change facts by hand, and announce nothing. */
export async function cacheFacts(): Promise<void> {
  startCaching(process.env.DATABASE_URL ?? "");
  const { seq } = await db().changeHead.findUniqueOrThrow({ where: { id: 1 } });
  await vi.waitFor(
    () => {
      const lease = factCache()?.lease;
      expect(lease?.alive()).toBe(true);
      expect(lease?.cursor).toBeGreaterThanOrEqual(Number(seq));
    },
    { timeout: 10_000, interval: 5 },
  );
}

/** The cache of a process that caches. */
export function heldCache(): FactCache {
  const cache = factCache();
  if (!cache) throw new Error("this process does not cache");
  return cache;
}

/**
 * What the work answers that began and ended within one and the same lease. Where this machine was too slow for that, it is
 * done again.
 */
export async function underLease<T>(work: () => Promise<T>): Promise<T> {
  const { lease } = heldCache();
  for (;;) {
    await vi.waitFor(() => expect(lease.alive()).toBe(true), { timeout: 10_000, interval: 5 });
    const startedMs = performance.now();
    const { remainingMs } = lease;
    const outcome = await work();
    if (performance.now() - startedMs < remainingMs) return outcome;
  }
}
