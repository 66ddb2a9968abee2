import fc from "fast-check";
import { expect, it } from "vitest";
import { fromLifetimeDraft, toLifetimeDraft } from "./lifetime";

it("tells a span in the largest unit that is exact", () => {
  expect(toLifetimeDraft(null)).toEqual({ amount: "", unit: "days" });
  expect(toLifetimeDraft(2_592_000)).toEqual({ amount: "30", unit: "days" });
  expect(toLifetimeDraft(90_000)).toEqual({ amount: "25", unit: "hours" });
  expect(toLifetimeDraft(61)).toEqual({ amount: "61", unit: "seconds" });
});

it("reads back what it told, for any span", () => {
  fc.assert(
    fc.property(fc.option(fc.integer({ min: 1, max: 315_360_000 })), (seconds) => {
      expect(fromLifetimeDraft(toLifetimeDraft(seconds))).toBe(seconds);
    }),
  );
});
