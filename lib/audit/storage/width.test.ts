import { describe, expect, it } from "vitest";
import { boundaryAfter, missingSpans, partitionName, widthFor } from "./width";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const at = (text: string) => Date.parse(text);

describe("partitions of the log", () => {
  it("span a week on a quiet log, a day on a busy one, an hour where thousands come every second", () => {
    expect([0, 1, 5, 40, 100, 5000].map(widthFor)).toEqual([7 * DAY, 7 * DAY, DAY, DAY, HOUR, HOUR]);
  });

  it("end at round moments of UTC: weeks on Mondays", () => {
    const now = at("2026-11-22T05:23:19.123Z"); // a Sunday
    expect(boundaryAfter(now, HOUR)).toBe(at("2026-11-22T06:00:00Z"));
    expect(boundaryAfter(now, DAY)).toBe(at("2026-11-23T00:00:00Z"));
    expect(boundaryAfter(at("2026-11-24T00:00:00Z"), 7 * DAY)).toBe(at("2026-11-30T00:00:00Z"));
    expect(boundaryAfter(at("2026-11-23T00:00:00Z"), DAY)).toBe(at("2026-11-24T00:00:00Z"));
  });

  it.each([
    ["a week", 7 * DAY],
    ["a day", DAY],
    ["an hour", HOUR],
  ] as const)(
    "of %s follow each other without a hole, over the present, two whole ones and a day ahead",
    (_w, width) => {
      const now = at("2026-11-22T05:23:19Z");
      for (const end of [now - 40 * DAY, now - 1, at("2026-11-23T00:00:00Z"), now + 5 * HOUR]) {
        const spans = missingSpans(now, end, width);
        expect(spans[0]?.fromMs).toBe(end);
        for (const [nth, span] of spans.entries()) {
          expect(span.toMs).toBeGreaterThan(span.fromMs);
          if (nth > 0) expect(span.fromMs).toBe(spans[nth - 1]?.toMs);
        }
        expect(spans.at(-1)?.toMs).toBeGreaterThanOrEqual(now + 26 * HOUR);
        expect(spans.filter(({ fromMs }) => fromMs > now).length).toBeGreaterThanOrEqual(2);
      }
      expect(missingSpans(now, now + 60 * DAY, width)).toEqual([]);
    },
  );

  it("are named by their beginning, to the millisecond where that is not round", () => {
    expect(partitionName(at("2026-11-22T06:00:00Z"))).toBe("audit_entry_20261122t06");
    expect(partitionName(at("2026-11-22T05:23:19.500Z"))).toBe("audit_entry_20261122t052319500");
  });
});
