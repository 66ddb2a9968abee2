import { describe, expect, it } from "vitest";
import { Schedule } from "./schedule";

const takeAll = (schedule: Schedule, nowMs: number) => {
  const taken: number[] = [];
  for (let at = schedule.take(nowMs); at !== null; at = schedule.take(nowMs)) taken.push(at);
  return taken;
};

describe("Schedule", () => {
  it("makes each call due at its own time, and none before", () => {
    const schedule = new Schedule({ startMs: 100, ratePerSecond: 100, durationMs: 50 });
    expect(schedule.take(99.9)).toBeNull();
    expect(takeAll(schedule, 100)).toEqual([100]);
    expect(takeAll(schedule, 119.9)).toEqual([110]);
    expect(takeAll(schedule, 140)).toEqual([120, 130, 140]);
  });

  it("omits no call after a stall: all that became due keep the times at which they should have left", () => {
    const schedule = new Schedule({ startMs: 0, ratePerSecond: 1000, durationMs: 1000 });
    takeAll(schedule, 10);
    expect(takeAll(schedule, 510)).toEqual(Array.from({ length: 500 }, (_, nth) => 11 + nth));
  });

  it("ends after rate × duration calls, however late", () => {
    const schedule = new Schedule({ startMs: 0, ratePerSecond: 250, durationMs: 2000 });
    expect(takeAll(schedule, 1_000_000)).toHaveLength(500);
    expect([schedule.total, schedule.finished, schedule.take(2_000_000)]).toEqual([500, true, null]);
  });

  it("keeps an uneven rate over a long time: the error does not add up", () => {
    const schedule = new Schedule({ startMs: 0, ratePerSecond: 700, durationMs: 60_000 });
    const taken = takeAll(schedule, 60_000);
    expect(taken).toHaveLength(42_000);
    expect(taken.at(-1)).toBeCloseTo((41_999 / 700) * 1000, 6);
  });
});
