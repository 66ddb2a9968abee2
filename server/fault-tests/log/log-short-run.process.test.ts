import { afterAll, beforeAll, expect, it } from "vitest";
import { cleanUp } from "../../process-tests/gatehouse";
import { Cluster } from "../cluster";
import { runOn } from "./main";
import { logReportText } from "./report";
import { LOG_FAULT_KINDS } from "./schedule";
import { logViolationText } from "./violation";

const SECONDS = 18;
let cluster: Cluster;

beforeAll(async () => {
  cluster = await Cluster.start({ proxied: false });
});
afterAll(async () => {
  await cluster.close();
  await cleanUp();
});

it("the log stays whole, proved, anchored and shipped while keepers, authorities and the database are killed", async () => {
  const report = await runOn(cluster, { seed: "4", seconds: SECONDS, callers: 2, pauseMs: 10 });
  process.stdout.write(`${logReportText(report)}\n`);
  expect(report.violations.map(logViolationText)).toEqual([]);
  // It was about something.
  expect(Object.keys(report.faults).sort()).toEqual([...LOG_FAULT_KINDS].sort());
  expect(report.decisions).toBeGreaterThan(100);
  expect(report.changes).toBeGreaterThan(5);
  expect(report.checkpoints.byApi).toBeGreaterThan(1);
  expect(report.checkpoints.byAnchors).toBeGreaterThan(1);
});
