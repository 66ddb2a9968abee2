import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Deadlines } from "./deadlines";

describe("Deadlines", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("tells whoever is late, once, no sooner than its time and hardly later", () => {
    const deadlines = new Deadlines(320);
    const late = vi.fn();
    deadlines.begin(late);
    vi.advanceTimersByTime(319);
    expect(late).not.toHaveBeenCalled();
    vi.advanceTimersByTime(11);
    expect(late).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1000);
    expect(late).toHaveBeenCalledTimes(1);
  });

  it("says nothing to whoever was done, also between others that were not", () => {
    const deadlines = new Deadlines(320);
    const told: number[] = [];
    const begun = Array.from({ length: 10 }, (_, nth) => deadlines.begin(() => told.push(nth)));
    for (const nth of [0, 3, 9]) (begun[nth] as { done: boolean }).done = true;
    vi.advanceTimersByTime(400);
    expect(told).toEqual([1, 2, 4, 5, 6, 7, 8]);
  });

  it("takes new ones while it looks and after all are done, and leaves no timer behind", () => {
    const deadlines = new Deadlines(320);
    const told: string[] = [];
    deadlines.begin(() => {
      told.push("first");
      deadlines.begin(() => told.push("second"));
    });
    vi.advanceTimersByTime(400);
    expect(told).toEqual(["first"]);
    vi.advanceTimersByTime(400);
    expect(told).toEqual(["first", "second"]);
    expect(vi.getTimerCount()).toBe(0);
    deadlines.begin(() => told.push("third"));
    vi.advanceTimersByTime(400);
    expect(told).toEqual(["first", "second", "third"]);
  });
});
