import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cleanUp } from "../process-tests/gatehouse";
import { Cluster } from "./cluster";
import { FAULT_KINDS } from "./faults";
import { startMembers } from "./members";
import { makeReport, reportText, violationText } from "./report";
import { Run } from "./run";
import { makeSchedule } from "./schedule";

const MEMBERS = 3;
const SECONDS = 14;
let cluster: Cluster;

beforeAll(async () => {
  cluster = await Cluster.start();
  await startMembers(cluster, MEMBERS);
});
afterAll(async () => {
  await cluster.close();
  await cleanUp();
});

describe("three authorities under every fault at once", () => {
  it.each(["1", "2"])(
    "deny everywhere at one moment what was revoked, and allow nothing after it (seed %s)",
    async (seed) => {
      const options = { seed, seconds: SECONDS, callers: 2, pauseMs: 10 };
      const schedule = makeSchedule({ ...options, members: MEMBERS, kinds: FAULT_KINDS, revocationsPerSecond: 3 });
      const run = new Run(cluster, schedule, options);
      await run.go();
      const report = makeReport(run, { ...options, warmUpSeconds: 0 });
      process.stdout.write(`${reportText(report)}\n`);
      expect(report.violations.map(violationText)).toEqual([]);
      expect(Object.keys(report.faults).sort()).toEqual([...FAULT_KINDS].sort());
      // It was about something: tokens were in use, were revoked, and were found to be.
      expect(report.operations["validate allow"]).toBeGreaterThan(50);
      expect(report.operations["validate revoked"]).toBeGreaterThan(50);
      expect(report.operations["revoke done"]).toBeGreaterThan(10);
    },
  );
});
