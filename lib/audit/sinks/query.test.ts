import { describe, expect, it } from "vitest";
import { sinkQueryField } from "./query";

const faults = (text: string) =>
  sinkQueryField.safeParse(text).error?.issues.map((issue) => {
    const { from, to } = (issue as unknown as { params: { from: number; to: number } }).params;
    return text.slice(from, to);
  }) ?? [];

describe("a sink's query", () => {
  it("may ask by whatever an entry itself says", () => {
    const fine = 'actor:ana (outcome:deny,denied OR -tool:close_*) created:>=2026-11-01 created:2026-11-01..2026-12-01 created:* "refund"'; // prettier-ignore
    expect(faults(fine)).toEqual([]);
    expect(sinkQueryField.parse(`  ${fine} `)).toBe(fine);
    expect(sinkQueryField.parse(null)).toBeNull();
  });

  it("may not ask by what comes after the entry, or moves with the clock: the fault stands at its characters", () => {
    expect(faults("outcome:deny badge:denial_burst")).toEqual(["badge:denial_burst"]);
    expect(faults("a OR -(b created:-24h) created:today..2026-11-22 created:>yesterday")).toEqual([
      "-24h",
      "today..2026-11-22",
      ">yesterday",
    ]);
  });

  it("tells every fault of the language at its characters, also behind spaces", () => {
    expect(faults("  outcome:nothing kind:nobody")).toEqual(["nothing", "nobody"]);
  });
});
