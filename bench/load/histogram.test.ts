import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Histogram, merged } from "./histogram";

const of = (values: readonly number[]) => {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
};

/** The percentile by its definition: the smallest value that at least this share do not exceed. */
const exact = (values: readonly number[], share: number) =>
  [...values].sort((a, b) => a - b)[Math.max(1, Math.ceil(share * values.length)) - 1] ?? 0;

const durations = fc.array(fc.integer({ min: 0, max: 60_000_000 }), { minLength: 1, maxLength: 200 });
const shares = fc.constantFrom(0.01, 0.5, 0.9, 0.99, 0.999, 1);

describe("Histogram", () => {
  it("tells every percentile within 0.8 %, never below the true one and never above the maximum", () => {
    fc.assert(
      fc.property(durations, shares, (values, share) => {
        const told = of(values).percentile(share);
        const truth = exact(values, share);
        expect(told).toBeGreaterThanOrEqual(truth);
        expect(told).toBeLessThanOrEqual(Math.max(truth * 1.008, truth));
        expect(told).toBeLessThanOrEqual(Math.max(...values));
      }),
    );
  });

  it("keeps values below 256 µs exactly", () => {
    for (let value = 0; value < 256; value++) expect(of([value, 1_000_000]).percentile(0.5)).toBe(value);
  });

  it("adds up to what one histogram of all values tells, also after travelling as JSON", () => {
    fc.assert(
      fc.property(durations, durations, (one, other) => {
        const travelled = JSON.parse(JSON.stringify(of(other))) as ReturnType<Histogram["toJSON"]>;
        const sum = merged([of(one).toJSON(), travelled]);
        expect(sum.toJSON()).toEqual(of([...one, ...other]).toJSON());
        expect(sum.count).toBe(one.length + other.length);
      }),
    );
  });

  it("counts what is longer than it can tell as its longest, and what is negative as nothing", () => {
    expect(of([10 ** 12]).percentile(1)).toBe(2 ** 26 - 1);
    expect(of([-5]).percentile(1)).toBe(0);
  });

  it("tells 0 where nothing was recorded", () => {
    expect(new Histogram().percentile(0.99)).toBe(0);
  });
});
