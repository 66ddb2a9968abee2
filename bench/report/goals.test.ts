import { describe, expect, it } from "vitest";
import { goalsTable, type Findings } from "./goals";
import type { Summary } from "./summary";

const summary = (target: string, load: string, perSecond: number) =>
  ({ target, load, perSecond: { median: perSecond, low: 0, high: 0 }, ratio: null }) as Summary;
const row = (words: string, summaries: Summary[], findings: Findings = {}) =>
  goalsTable(summaries, findings).rows.find(([what]) => what?.includes(words));

describe("goalsTable", () => {
  it("compares everybody at the closed loop that suits them best", () => {
    const echo = [summary("echo", "closed-32", 30_000), summary("echo", "closed-128", 20_000)];
    const own = [summary("gatehouse-durable", "closed-32", 10_000), summary("gatehouse-durable", "closed-128", 24_000)];
    expect(row("bare `node:http`", [...echo, ...own])?.slice(2)).toEqual(["0.800 ×", "yes"]);
  });

  it("says of a goal that is missed that it is, and of one that was not measured that it was not", () => {
    const summaries = [summary("gatehouse-durable", "closed-128", 4_000), summary("hand-written", "closed-32", 1_000)];
    expect(row("plain `pg`", summaries)?.slice(2)).toEqual(["4.00 ×", "no"]);
    expect(row("oidc-provider", summaries)?.slice(2)).toEqual(["not in this run", "–"]);
  });

  it("judges the goals of a million tokens by a million tokens alone", () => {
    const million = { tokens: 1_000_000, missP99: 4, hitP99: 1, rssMiB: 400, coldStartSeconds: 2 };
    expect(row("no cache can answer", [], { million })?.slice(2)).toEqual(["4.00 ms", "yes"]);
    const fewer = { million: { ...million, tokens: 999_999 } };
    expect(row("no cache can answer", [], fewer)?.slice(2)).toEqual(["not in this run", "–"]);
  });

  it("forgives no stale allow, however quick revocations are", () => {
    const judged = (p99: number, staleAllows: number) =>
      row("revocation effective", [], { revocation: { p99, staleAllows } })?.slice(2);
    expect(judged(12, 0)).toEqual(["12.0 ms, 0", "yes"]);
    expect(judged(51, 0)).toEqual(["51.0 ms, 0", "no"]);
    expect(judged(12, 1)).toEqual(["12.0 ms, 1", "no"]);
  });
});
