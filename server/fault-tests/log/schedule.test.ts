import { describe, expect, it } from "vitest";
import { lagsOf, recoveryMs } from "./report";
import { LOG_FAULT_KINDS, makeLogSchedule } from "./schedule";

describe("makeLogSchedule", () => {
  const all = (options: { seed: string; seconds: number }) => Object.values(makeLogSchedule(options)).flat();

  it("decides the same for the same seed, and something else for another", () => {
    expect(all({ seed: "1", seconds: 60 })).toEqual(all({ seed: "1", seconds: 60 }));
    expect(all({ seed: "1", seconds: 60 })).not.toEqual(all({ seed: "2", seconds: 60 }));
  });

  it("has every fault in it, and one at a time in each lane", () => {
    for (const seed of ["1", "2", "3"]) {
      const lanes = makeLogSchedule({ seed, seconds: 60 });
      expect(new Set(Object.values(lanes).flatMap((faults) => faults.map(({ kind }) => kind)))).toEqual(new Set(LOG_FAULT_KINDS)); // prettier-ignore
      for (const faults of Object.values(lanes))
        for (const [nth, fault] of faults.slice(1).entries())
          expect(fault.atMs).toBeGreaterThan((faults[nth]?.atMs ?? 0) + (faults[nth]?.lastsMs ?? 0));
    }
  });
});

describe("what a run reports of its times", () => {
  const samples = [
    { atMs: 0, head: 10, signed: 10 },
    { atMs: 100, head: 15, signed: 10 },
    { atMs: 200, head: 20, signed: 10 },
    { atMs: 300, head: 20, signed: 15 },
    { atMs: 400, head: 20, signed: 20 },
  ];

  it("is how long the oldest entry that is not signed has waited", () => {
    expect(lagsOf(samples)).toEqual([0, 0, 100, 100, 0]);
  });

  it("is how long it takes until all is signed that was committed at a moment", () => {
    expect(recoveryMs(samples, 90)).toBe(210);
    expect(recoveryMs(samples, 150)).toBe(250);
    expect(recoveryMs(samples, 500)).toBeNull();
  });
});
