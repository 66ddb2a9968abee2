import { expect, it } from "vitest";
import { memoryReadNs } from "./memory";

it("tells what a read of memory costs, in whole nanoseconds", () => {
  const ns = memoryReadNs();
  expect(Number.isInteger(ns)).toBe(true);
  expect(ns).toBeGreaterThan(0);
});
