import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isDue, told, withMatches, type AlertState, type Match } from "./matches";

const NEVER: AlertState = { ...told(0), firedAtMs: null };
const terms = { threshold: 3, windowMs: 60_000 };
const at = (...seconds: number[]): Match[] => seconds.map((second, nth) => ({ idx: nth, atMs: second * 1000 }));

describe("withMatches", () => {
  it("reaches the threshold by matches within the window, and not by as many that are spread", () => {
    expect(withMatches(NEVER, terms, at(0, 10, 20))).toMatchObject({ reached: true, untold: 3, untoldFrom: 0 });
    expect(withMatches(NEVER, terms, at(0, 60, 120, 180))).toMatchObject({ reached: false, untold: 1, untoldFrom: 3 });
  });

  it("counts every match from when it was reached until it is told, and none of them again afterwards", () => {
    const reached = withMatches(NEVER, terms, at(0, 100, 101, 102, 900));
    expect(reached).toMatchObject({ reached: true, untold: 4, untoldFrom: 1 });
    expect(isDue(reached, terms, 1_000_000)).toBe(true);
    expect(withMatches(told(1_000_000), terms, at(1001))).toMatchObject({ reached: false, untold: 1 });
  });

  it("tells at most once in a window, and what was reached meanwhile when it is over", () => {
    const again = withMatches(told(1_000_000), terms, at(1001, 1002, 1003));
    expect(isDue(again, terms, 1_010_000)).toBe(false);
    expect(isDue(again, terms, 1_060_000)).toBe(true);
  });

  it("is the same in whatever pieces the log is read", () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 60 });
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 7 }), (steps, threshold, piece) => {
        let second = 0;
        const all = at(...steps.map((step) => (second += step)));
        const some = { threshold, windowMs: 60_000 };
        let state = NEVER;
        for (let i = 0; i < all.length; i += piece) state = withMatches(state, some, all.slice(i, i + piece));
        expect(state).toEqual(withMatches(NEVER, some, all));
        expect(state.recent.length).toBeLessThanOrEqual(threshold);
      }),
    );
  });
});
