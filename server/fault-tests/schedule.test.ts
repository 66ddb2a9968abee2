import { describe, expect, it } from "vitest";
import { FAULT_KINDS } from "./faults";
import { makeSchedule } from "./schedule";

const options = { seed: "7", seconds: 60, members: 3, kinds: FAULT_KINDS, revocationsPerSecond: 5 };

describe("makeSchedule", () => {
  it("decides the same for the same seed, and something else for another", () => {
    expect(makeSchedule(options)).toEqual(makeSchedule(options));
    expect(makeSchedule({ ...options, seed: "8" })).not.toEqual(makeSchedule(options));
  });

  it("has every fault in it, none of them twice on one authority at once", () => {
    const { faults } = makeSchedule(options);
    expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(FAULT_KINDS));
    for (const [nth, fault] of faults.entries()) {
      const during = faults.slice(nth + 1).filter(({ atMs }) => atMs < fault.atMs + fault.lastsMs);
      expect(during.filter(({ member }) => member !== null && member === fault.member)).toEqual([]);
    }
  });

  it("ends tokens in every way, urgently only what can be", () => {
    const { revocations } = makeSchedule(options);
    expect(new Set(revocations.map(({ endedBy }) => endedBy))).toEqual(new Set(["token", "agent", "person", "role"]));
    for (const { via, urgent, endedBy } of revocations) {
      if (via !== null) expect([urgent, endedBy]).toEqual([false, "token"]);
      if (urgent) expect(endedBy).toBe("token");
    }
    expect(revocations.some(({ urgent }) => urgent)).toBe(true);
  });

  it("leaves everything alone where no kind is asked for", () => {
    const { faults, revocations } = makeSchedule({ ...options, kinds: [] });
    expect(faults).toEqual([]);
    expect(revocations.length).toBeGreaterThan(200);
  });
});
