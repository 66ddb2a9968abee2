import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SlidingWindows, type RateLimit } from "./sliding-window";

function clockwork(maxSlots?: number) {
  const clock = { ms: 0 };
  const windows = new SlidingWindows({ monotonicMs: () => clock.ms, wallMs: () => 1_000_000 + clock.ms, maxSlots });
  return { clock, windows };
}

/** The rule itself, said as plainly as possible: a call is allowed while fewer than `limit` lie in the window before it. */
function model(rate: RateLimit, times: readonly number[]): boolean[] {
  const allowed: number[] = [];
  return times.map((now) => {
    const inWindow = allowed.filter((time) => time > now - rate.windowSeconds * 1000).length;
    if (inWindow >= rate.limit) return false;
    allowed.push(now);
    return true;
  });
}

const times = fc
  .array(fc.integer({ min: 0, max: 1500 }), { minLength: 1, maxLength: 200 })
  .map((gaps) => gaps.reduce<number[]>((all, gap) => [...all, (all.at(-1) ?? 0) + gap], []));

describe("SlidingWindows", () => {
  it("allows exactly what the rule allows, for any limit and any times", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 10 }),
        times,
        (limit, windowSeconds, at) => {
          const { clock, windows } = clockwork();
          const rate = { limit, windowSeconds };
          const got = at.map((ms) => {
            clock.ms = ms;
            return windows.take("tok", rate).allowed;
          });
          expect(got).toEqual(model(rate, at));
        },
      ),
    );
  });

  it("never lets a window hold more than the limit where the limit is large", () => {
    fc.assert(
      fc.property(times, (gaps) => {
        const { clock, windows } = clockwork();
        const rate = { limit: 5000, windowSeconds: 1 };
        const allowed: { at: number; calls: number }[] = [];
        for (const at of gaps) {
          clock.ms = at;
          let calls = 0;
          for (let i = 0; i < 1000; i++) if (windows.take("tok", rate).allowed) calls++;
          allowed.push({ at, calls });
        }
        for (const { at } of allowed) {
          const inWindow = allowed.filter((other) => other.at > at - 1000 && other.at <= at);
          expect(inWindow.reduce((sum, { calls }) => sum + calls, 0)).toBeLessThanOrEqual(5000);
        }
      }),
      { numRuns: 20 },
    );
  });

  it("counts down, says when the oldest call leaves, and lets the next one in at that very moment", () => {
    const { clock, windows } = clockwork();
    const rate = { limit: 2, windowSeconds: 10 };
    expect(windows.take("tok", rate).state).toEqual({ limit: 2, remaining: 1, resetAtSeconds: 1010 });
    clock.ms = 4000;
    expect(windows.take("tok", rate).state).toEqual({ limit: 2, remaining: 0, resetAtSeconds: 1010 });
    clock.ms = 9999;
    expect(windows.take("tok", rate)).toMatchObject({ allowed: false, state: { remaining: 0, resetAtSeconds: 1010 } });
    clock.ms = 10_000;
    expect(windows.take("tok", rate)).toMatchObject({ allowed: true, state: { remaining: 0, resetAtSeconds: 1014 } });
  });

  it("keeps keys apart, and peeking costs nothing", () => {
    const { windows } = clockwork();
    const rate = { limit: 1, windowSeconds: 60 };
    expect(windows.take("a", rate).allowed).toBe(true);
    for (let i = 0; i < 5; i++) expect(windows.peek("b", rate).remaining).toBe(1);
    expect(windows.take("b", rate).allowed).toBe(true);
    expect(windows.take("a", rate).allowed).toBe(false);
  });

  it("gives a call back once, and only the one that was taken", () => {
    const { clock, windows } = clockwork();
    const rate = { limit: 2, windowSeconds: 60 };
    const first = windows.take("tok", rate);
    clock.ms = 5;
    windows.take("tok", rate);
    expect(windows.take("tok", rate).allowed).toBe(false);
    first.giveBack();
    first.giveBack();
    expect(windows.peek("tok", rate).remaining).toBe(1);
  });

  it("follows a limit that an admin changed, with the calls already counted", () => {
    const { windows } = clockwork();
    for (let i = 0; i < 3; i++) windows.take("tok", { limit: 10, windowSeconds: 60 });
    expect(windows.take("tok", { limit: 3, windowSeconds: 60 }).allowed).toBe(false);
    expect(windows.take("tok", { limit: 4, windowSeconds: 60 }).allowed).toBe(true);
  });

  it("stays within its memory whatever comes", () => {
    const { clock, windows } = clockwork(1000);
    for (let i = 0; i < 20_000; i++) {
      clock.ms += 1;
      windows.take(`tok${i % 700}`, { limit: 100, windowSeconds: 3600 });
    }
    expect(windows.slots).toBeLessThanOrEqual(1000);
    for (let i = 0; i < 20_000; i++) {
      clock.ms += 1;
      windows.take("one", { limit: 1_000_000, windowSeconds: 1 });
    }
    expect(windows.slots).toBeLessThanOrEqual(10_000);
  });
});
