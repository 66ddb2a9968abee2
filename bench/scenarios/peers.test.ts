import { describe, expect, it } from "vitest";
import { openLoads, rotated } from "./peers";

describe("openLoads", () => {
  it("asks each target for shares of what it can, and for the common rates that it can keep up with", () => {
    const loads = openLoads(1000, { shares: [0.25, 0.5], rates: [200, 900, 901] });
    expect(loads.map(({ id, ratePerSecond }) => [id, ratePerSecond])).toEqual([
      ["open-25%", 250],
      ["open-50%", 500],
      ["open-200/s", 200],
      ["open-900/s", 900],
    ]);
  });
});

describe("rotated", () => {
  it("visits everything in each round, and begins with another one each time", () => {
    expect([0, 1, 2, 3].map((round) => rotated(["a", "b", "c"], round).join(""))).toEqual(["abc", "bca", "cab", "abc"]);
  });
});
