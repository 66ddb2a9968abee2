import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Report as FaultReport } from "@/server/fault-tests/report";
import { figure, markdownTable, textTable, type Table } from "../report/format";
import type { Report, Stage } from "../scenario";

/** How many times as long as one run of the other scenarios: a revocation is rare beside a call. */
const QUIET_TIMES = 10;
const FAULTS_TIMES = 20;
const SEED = "7";
/** Programs that have just started compile what they run. */
const WARM_UP_SECONDS = 5;
/** How long each of an authority's callers rests after an answer, ms: busy, but not more than two cores can do. */
const REST_MS = 20;

/** Three authorities under load, tokens ended at random, every history checked. `faults`: as `npm run faults` takes them. */
async function measure(folder: string, faults: "none" | "all", seconds: number): Promise<FaultReport> {
  const file = join(folder, `revocation-${faults}.json`);
  rmSync(file, { force: true });
  const args = [
    "scripts/faults.mjs",
    "--warm-up",
    String(WARM_UP_SECONDS),
    "--seed",
    SEED,
    "--seconds",
    String(seconds),
    "--pause",
    String(REST_MS),
    "--json",
    file,
  ];
  // A program of its own, as the authorities are: what it sets up must not meet what the bench has.
  const child = spawn(process.execPath, faults === "none" ? [...args, "--faults", "none"] : args, {
    stdio: ["ignore", "ignore", "inherit"],
  });
  await once(child, "exit");
  return JSON.parse(readFileSync(file, "utf8")) as FaultReport;
}

function tableOf(quiet: FaultReport, faulty: FaultReport): Table {
  const named = [
    ...quiet.effective.slice(0, 1).map((row) => ({ ...row, fault: "nothing is wrong" })),
    ...faulty.effective.filter(({ fault }) => fault !== "all" && fault !== "none"),
  ];
  const ms = (value: number | undefined) => (value === undefined ? "–" : figure(value));
  return {
    head: ["while", "ended", "called again", "answer p50 ms", "p99 ms", "max ms", "first denial p50 ms", "p99 ms"],
    rows: named.map(({ fault, revocations, calledAgain, answer, denial }) => [
      fault,
      String(revocations),
      String(calledAgain),
      ...[answer?.p50, answer?.p99, answer?.max, denial?.p50, denial?.p99].map(ms),
    ]),
  };
}

const total = (report: FaultReport) => Object.values(report.operations).reduce((sum, count) => sum + count, 0);

/** How long until a revocation is effective on three processes, with nothing wrong and under every fault of the tests. */
export async function revocation({ folder, options, findings, say }: Stage): Promise<Report> {
  say("three authorities, nothing wrong");
  const quiet = await measure(folder, "none", options.seconds * QUIET_TIMES);
  say("three authorities, one fault after the other");
  const faulty = await measure(folder, "all", options.seconds * FAULTS_TIMES);
  const staleAllows = quiet.staleAllows + faulty.staleAllows;
  const violations = quiet.violations.length + faulty.violations.length;
  const answer = quiet.effective[0]?.answer;
  if (answer) findings.revocation = { p99: answer.p99, staleAllows };
  const table = tableOf(quiet, faulty);
  const heading = "Until a revocation is effective on three processes";
  const perSecond = figure(total(quiet) / (options.seconds * QUIET_TIMES));
  const checked = `${(quiet.tokens + faulty.tokens).toLocaleString("en-US")} histories of ${(total(quiet) + total(faulty)).toLocaleString("en-US")} calls were checked: ${staleAllows} stale allows, ${violations} violations of linearizability.`;
  return {
    text: `${heading}\n\n${textTable(table)}\n\n${checked}`,
    markdown: `## ${heading}\n\nThree authorities on one PostgreSQL, four callers on each that rest ${REST_MS} ms after an answer (${perSecond} calls/s in all while nothing is wrong), tokens ended at random, the first ${WARM_UP_SECONDS} s in no time; \`answer\` is from the call of the revocation to its answer, when no process allows the token any more, \`first denial\` until each process was seen to deny. Seed ${SEED}. ${checked}\n\n${markdownTable(table)}`,
    data: {
      findings: findings.revocation,
      quiet: { ...quiet, happened: [] },
      faulty: { ...faulty, happened: [] },
    },
    records: { quiet: quiet.happened, faulty: faulty.happened },
    charts: {},
  };
}
