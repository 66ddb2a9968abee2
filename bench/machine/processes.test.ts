import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { usageIsKnown, usageOf } from "./processes";

const BURN = "while (process.cpuUsage().user < 100_000);";
const used = () => usageOf([process.pid])[0]?.cpuSeconds ?? 0;

describe("usageOf", () => {
  it("counts a process with its children, also those that have ended, where the system tells", () => {
    const before = used();
    spawnSync(process.execPath, ["-e", BURN]);
    expect(used() - before >= 0.09).toBe(usageIsKnown);
    expect((usageOf([process.pid])[0]?.rssBytes ?? 0) > 10_000_000).toBe(usageIsKnown);
  });

  it("is nothing for a process that is not there", () => {
    expect(usageOf([2 ** 30])).toEqual([{ cpuSeconds: 0, rssBytes: 0 }]);
  });
});
