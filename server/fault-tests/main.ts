import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { cleanUp } from "../process-tests/gatehouse";
import { Cluster } from "./cluster";
import { FAULT_KINDS, type FaultKind } from "./faults";
import { runIntegrator } from "./log/main";
import { logReportText, type LogReport } from "./log/report";
import { startMembers } from "./members";
import { makeReport, reportText, type Report } from "./report";
import { Run } from "./run";
import { makeSchedule } from "./schedule";

const HELP = `npm run faults -- [options]
  --seconds N        how long (default 60)
  --seed TEXT        what chance decides by (default: the time)
  --members N        authorities on the one database (default 3)
  --faults A,B       only these; "none" for none: ${FAULT_KINDS.join(", ")}
  --revocations N    per second, besides those around faults (default 8)
  --callers N        that ask each authority without end (default 4)
  --pause MS         that a caller rests after an answer (default 5)
  --warm-up N        seconds at the beginning that count in no time (default 0)
  --json FILE        the figures, and every violation with its operations

npm run faults -- --integrator [--seconds 120] [--seed TEXT] [--callers 2] [--pause 10] [--json FILE]
  The log's proof: keepers, authorities and the database are killed while entries are written, signed, anchored and shipped.
`;

function kindsOf(list: string | undefined): readonly FaultKind[] {
  if (list === undefined) return FAULT_KINDS;
  if (list === "none") return [];
  return list.split(",").map((name) => {
    const kind = FAULT_KINDS.find((one) => one === name.trim());
    if (!kind) throw new Error(`There is no fault "${name}": ${FAULT_KINDS.join(", ")}, or none.`);
    return kind;
  });
}

const text = { type: "string" } as const;
const OPTIONS = {
  help: { type: "boolean" },
  integrator: { type: "boolean" },
  seconds: text,
  seed: text,
  members: text,
  faults: text,
  revocations: text,
  callers: text,
  pause: text,
  "warm-up": text,
  json: text,
} as const;
type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>["values"];

function numberOf(value: string | undefined, fallback: number): number {
  const parsed = Number(value ?? fallback);
  if (!Number.isFinite(parsed) || parsed < 0) throw new Error(`"${value}" is not a number.`);
  return parsed;
}

async function main(): Promise<boolean> {
  const { values } = parseArgs({ options: OPTIONS });
  if (values.help) {
    process.stdout.write(HELP);
    return true;
  }
  const seed = values.seed ?? String(Date.now());
  process.stdout.write(`seed ${seed}\n`);
  const [report, words] = values.integrator ? await integrator(values, seed) : await revocations(values, seed);
  process.stdout.write(`${words}\n`);
  if (values.json) writeFileSync(values.json, `${JSON.stringify(report, null, 2)}\n`);
  return report.violations.length === 0;
}

async function integrator(values: Values, seed: string): Promise<[LogReport, string]> {
  const seconds = numberOf(values.seconds, 120);
  const report = await runIntegrator({ seed, seconds, callers: numberOf(values.callers, 2), pauseMs: numberOf(values.pause, 10) }); // prettier-ignore
  return [report, logReportText(report)];
}

async function revocations(values: Values, seed: string): Promise<[Report, string]> {
  const seconds = numberOf(values.seconds, 60);
  const members = numberOf(values.members, 3);
  const schedule = makeSchedule({
    seed,
    seconds,
    members,
    kinds: kindsOf(values.faults),
    revocationsPerSecond: numberOf(values.revocations, 8),
  });
  // What no fault needs to get at goes to the database as it does elsewhere.
  const cluster = await Cluster.start({ proxied: values.faults !== "none" });
  try {
    await startMembers(cluster, members);
    const options = { seed, seconds, callers: numberOf(values.callers, 4), pauseMs: numberOf(values.pause, 5) };
    const run = new Run(cluster, schedule, options);
    await run.go();
    const report = makeReport(run, { seed, seconds, warmUpSeconds: numberOf(values["warm-up"], 0) });
    return [report, reportText(report)];
  } finally {
    await cluster.close();
  }
}

main()
  .then((clean) => (process.exitCode = clean ? 0 : 1))
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exitCode = 1;
  })
  .finally(() => cleanUp());
