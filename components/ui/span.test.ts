import fc from "fast-check";
import { expect, it } from "vitest";
import { fromSpanDraft, toSpanDraft } from "./span";

it("tells a span in the largest unit that is exact", () => {
  expect(toSpanDraft(null)).toEqual({ amount: "", unit: "days" });
  expect(toSpanDraft(2_592_000)).toEqual({ amount: "30", unit: "days" });
  expect(toSpanDraft(90_000)).toEqual({ amount: "25", unit: "hours" });
  expect(toSpanDraft(61)).toEqual({ amount: "61", unit: "seconds" });
});

it("reads back what it told, for any span", () => {
  fc.assert(
    fc.property(fc.option(fc.integer({ min: 1, max: 315_360_000 })), (seconds) => {
      expect(fromSpanDraft(toSpanDraft(seconds))).toBe(seconds);
    }),
  );
});
