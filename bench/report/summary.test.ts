import { describe, expect, it } from "vitest";
import { Histogram } from "../load/histogram";
import { TARGETS } from "../targets";
import type { RunRecord } from "./record";
import { median, summarise } from "./summary";

const LOAD = { id: "closed-32", kind: "closed", connections: 32 } as const;

function run(target: string, round: number, perSecond: number, micros: number[], more: object = {}): RunRecord {
  const latency = new Histogram();
  for (const value of micros) latency.record(value);
  const result = {
    answered: perSecond,
    perSecond,
    latency: latency.toJSON(),
    lateness: new Histogram().toJSON(),
    errors: {},
    answerBytes: 500,
    generatorLoad: 0.2,
    ...more,
  };
  return { target, round, load: LOAD, measured: { result, serverSeconds: 1, postgresSeconds: 1, rssBytes: 2 ** 20 } };
}

const of = (records: RunRecord[], target: string) => summarise(TARGETS, records).find((one) => one.target === target);

describe("summarise", () => {
  it("compares each round with the echo of that round: what slows a whole round changes no ratio", () => {
    const records = [
      run("echo", 0, 10_000, [100]),
      run("gatehouse-durable", 0, 8_000, [200]),
      run("gatehouse-durable", 1, 800, [2_000]),
      run("echo", 1, 1_000, [1_000]),
    ];
    expect(of(records, "gatehouse-durable")?.ratio?.perSecond).toBeCloseTo(0.8);
    expect(of(records, "gatehouse-durable")?.ratio?.p99).toBeCloseTo(2, 1);
    expect(of(records, "echo")?.ratio).toEqual({ perSecond: 1, p99: 1 });
  });

  it("takes percentiles over all rounds, and the median of the rates beside the lowest and the highest", () => {
    const summary = of([run("echo", 0, 1, [10, 20]), run("echo", 1, 9, [30, 250]), run("echo", 2, 5, [])], "echo");
    expect(summary).toMatchObject({ perSecond: { median: 5, low: 1, high: 9 }, p50: 0.02, max: 0.25, rounds: 3 });
  });

  it("counts the decisions of a batch, not its calls", () => {
    const summary = of([run("echo", 0, 1000, [10]), run("gatehouse-batch", 0, 50, [10])], "gatehouse-batch");
    expect(summary).toMatchObject({ perSecond: { median: 5000 }, ratio: { perSecond: 5 } });
    expect(summary?.cpuMsPerThousand).toBe(400);
  });

  it("adds up errors, and has no ratio for a target that answered nothing", () => {
    const errors = { "status 503": 3 };
    const records = [run("echo", 0, 1000, [10]), run("better-auth", 0, 0, [], { errors })];
    expect(of(records, "better-auth")).toMatchObject({ errors: 3, errorKinds: errors, ratio: null });
  });
});

describe("median", () => {
  it("is the middle value, or the mean of the two", () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, 0]);
  });
});
