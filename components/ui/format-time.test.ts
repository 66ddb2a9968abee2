import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDuration, formatLocal, formatRelative, formatUtc } from "./format-time";

const NOW = Date.parse("2026-11-21T09:25:46Z");
const at = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();

describe("formatRelative", () => {
  it("tells past and future in one unit", () => {
    expect(formatRelative(at(-5), NOW)).toBe("just now");
    expect(formatRelative(at(5), NOW)).toBe("in under a minute");
    expect(formatRelative(at(-240), NOW)).toBe("4 min ago");
    expect(formatRelative(at(6 * 86_400), NOW)).toBe("in 6 d");
    expect(formatRelative(at(-30 * 3600), NOW)).toBe("30 h ago");
    expect(formatRelative(at(730 * 86_400), NOW)).toBe("in 2 y");
  });

  it("never promises more time than is left", () => {
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 364 * 86_400 }), (seconds) => {
        const [, amount, unit] = /^in (\d+) (min|h|d)$/.exec(formatRelative(at(seconds), NOW)) ?? [];
        expect(Number(amount) * { min: 60, h: 3600, d: 86_400 }[unit as "min" | "h" | "d"]).toBeLessThanOrEqual(
          seconds,
        );
      }),
    );
  });
});

describe("formatDuration", () => {
  it("uses the two largest units and rounds down", () => {
    expect(formatDuration(20.9)).toBe("20 s");
    expect(formatDuration(2700)).toBe("45 min");
    expect(formatDuration(6 * 86_400 + 4 * 3600 + 59)).toBe("6 d 4 h");
    expect(formatDuration(7200)).toBe("2 h");
    expect(formatDuration(-1)).toBe("0 s");
  });
});

describe("exact times", () => {
  it("tells the second in UTC and in the reader's zone", () => {
    expect(formatUtc(at(0))).toBe("2026-11-21 09:25:46 UTC");
    expect(formatLocal(at(0), "Europe/Berlin")).toBe("21 Nov 2026, 10:25:46 CET");
  });
});
