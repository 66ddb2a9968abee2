import { describe, expect, it } from "vitest";
import { chooser, seeded, zipfSequence } from "./choice";

describe("zipfSequence", () => {
  it("uses the first token twice as often as the second and a hundred times as often as the hundredth, about", () => {
    const uses = new Map<number, number>();
    for (const index of zipfSequence(5000, 500_000, seeded(1))) uses.set(index, (uses.get(index) ?? 0) + 1);
    const first = uses.get(0) ?? 0;
    expect(first / (uses.get(1) ?? 1)).toBeCloseTo(2, 0);
    expect(first / (uses.get(99) ?? 1)).toBeGreaterThan(70);
    expect(first / (uses.get(99) ?? 1)).toBeLessThan(140);
    expect(Math.max(...uses.keys())).toBeLessThan(5000);
  });

  it("is the same for the same seed", () => {
    expect(zipfSequence(100, 50, seeded(7))).toEqual(zipfSequence(100, 50, seeded(7)));
    expect(zipfSequence(100, 50, seeded(7))).not.toEqual(zipfSequence(100, 50, seeded(8)));
  });
});

describe("chooser", () => {
  it("takes each token once, in order, where that is asked for", () => {
    const next = chooser("sequential", 3, 1);
    expect([next(), next(), next(), next()]).toEqual([0, 1, 2, 0]);
  });
});
