import { describe, expect, it } from "vitest";
import { boundsOf, type Interval } from "./bounds";
import { parse } from "./parse";
import { canonicalTime, instantText, periodOf } from "./time";

const NOW = Date.parse("2026-11-21T10:00:30.250Z");

function bounds(source: string) {
  const parsed = parse(source);
  if (!parsed.ok) throw new Error(parsed.errors[0].message);
  return boundsOf(parsed.query, NOW);
}

const told = ({ from, to }: Interval) => [from, to].map((at) => (at === undefined ? null : instantText(at)));
const day = (date: string) => `2026-11-${date}T00:00:00.000000Z`;

describe("periodOf", () => {
  it.each([
    ["2026-11-21", "2026-11-21T00:00:00.000000Z", "2026-11-22T00:00:00.000000Z"],
    ["2026-02", "2026-02-01T00:00:00.000000Z", "2026-03-01T00:00:00.000000Z"],
    ["2026-12", "2026-12-01T00:00:00.000000Z", "2027-01-01T00:00:00.000000Z"],
    ["2026-11-21+02:00", "2026-11-20T22:00:00.000000Z", "2026-11-21T22:00:00.000000Z"],
    ["2026-11-21T10:00", "2026-11-21T10:00:00.000000Z", "2026-11-21T10:01:00.000000Z"],
    ["2026-11-21T10:00:05-01:30", "2026-11-21T11:30:05.000000Z", "2026-11-21T11:30:06.000000Z"],
    ["2026-11-21T10:00:05.5Z", "2026-11-21T10:00:05.500000Z", "2026-11-21T10:00:05.500001Z"],
    ["2026-11-21T10:00:05.123456789Z", "2026-11-21T10:00:05.123456Z", "2026-11-21T10:00:05.123457Z"],
    ["today", "2026-11-21T00:00:00.000000Z", "2026-11-22T00:00:00.000000Z"],
    ["yesterday", "2026-11-20T00:00:00.000000Z", "2026-11-21T00:00:00.000000Z"],
    ["-90s", "2026-11-21T09:59:00.250000Z", "2026-11-21T09:59:00.250001Z"],
    ["-1w", "2026-11-14T10:00:30.250000Z", "2026-11-14T10:00:30.250001Z"],
  ])("%s is %s to %s", (text, from, to) => {
    expect(told(periodOf(canonicalTime(text) ?? "", NOW))).toEqual([from, to]);
  });

  it.each([
    "",
    "2026",
    "2026-13",
    "2026-02-29",
    "2026-11-21T24:00",
    "2026-11-21T10:60",
    "2026-11-21T10:00:60Z",
    "-5y",
    "24h",
    "2026-11-21+15:00",
  ])("%j is no time", (text) => expect(canonicalTime(text)).toBeNull());
});

describe("boundsOf", () => {
  it.each([
    ["", null, null],
    ["x", null, null],
    ["created:-24h", "2026-11-20T10:00:30.250000Z", null],
    ["created:2026-11-01..2026-11-07", day("01"), day("08")],
    ["created:>2026-11-01", day("02"), null],
    ["created:<=2026-11-01", null, day("02")],
    ["created:>=2026-11-03 created:<2026-11-05 x", day("03"), day("05")],
    ["created:2026-11-03,2026-11-09", day("03"), day("10")],
    ["created:2026-11-03 OR (created:2026-11-09 y)", day("03"), day("10")],
    ["created:2026-11-03 OR x", null, null],
    ["-created:2026-11-03", null, null],
    ["created:*", null, null],
    ["(created:2026-11-03 created:2026-11-05) OR created:2026-11-09", day("09"), day("10")],
  ])("%j is bound by %s and %s", (source, from, to) => {
    expect(told(bounds(source).occurred)).toEqual([from, to]);
  });

  it("bounds the index too, and says that nothing matches by an end that is not after the start", () => {
    expect(bounds("index:100..200 index:>=150 x").index).toEqual({ from: 150, to: 201 });
    expect(bounds("index:7").index).toEqual({ from: 7, to: 8 });
    const { from = 0, to = 0 } = bounds("index:>9 index:<5").index;
    expect(from).toBeGreaterThanOrEqual(to);
  });
});
