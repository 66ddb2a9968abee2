import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { startDatabase } from "./database";
import { machineFacts, type Facts } from "./machine/facts";
import { HELP, OptionError, readOptions, type Options, type Scenario } from "./options";
import { readBeside, writeBeside, writeSection } from "./report/document";
import type { Findings } from "./report/goals";
import type { Report, Stage } from "./scenario";
import { audit } from "./scenarios/audit";
import { flood } from "./scenarios/flood";
import { million } from "./scenarios/million";
import { oauth } from "./scenarios/oauth";
import { peers } from "./scenarios/peers";
import { revocation } from "./scenarios/revocation";
import { endServices, SECRET } from "./service";

const SCENARIOS: Record<Scenario, (stage: Stage) => Promise<Report>> = {
  peers,
  million,
  flood,
  revocation,
  oauth,
  audit,
};
const RESULTS = resolve("bench/results");
const FOLDER = resolve("bench/.data");

const say = (line: string) => process.stderr.write(`${line}\n`);
const show = (text: string) => process.stdout.write(`${text}\n`);

/** Which machine and which versions, in one line. */
function madeOn(facts: Facts): string {
  const { cores, cpu, memoryGiB, memoryReadNs, system, node, postgresql, commit, at } = facts;
  return `${cores} cores (${cpu}), ${memoryGiB} GiB, ${memoryReadNs} ns a read of memory, ${system}, Node ${node}, PostgreSQL ${postgresql}; commit ${commit}, ${at.slice(0, 16).replace("T", " ")} UTC`;
}

async function keep(name: Scenario, report: Report, facts: Facts, options: Options): Promise<void> {
  const { write, ...settings } = options;
  mkdirSync(RESULTS, { recursive: true });
  const stem = join(RESULTS, `${name}-${facts.at.replace(/\D/g, "").slice(0, 14)}`);
  writeFileSync(`${stem}.json`, JSON.stringify({ facts, settings, ...report.data, records: report.records }, null, 1));
  for (const [file, text] of Object.entries(report.charts)) writeFileSync(`${stem}-${file}`, text);
  show(`\nEverything that was measured: ${stem}.json`);
  if (!write) return;
  await writeBeside(`${name}.json`, JSON.stringify({ facts, settings, ...report.data }));
  for (const [file, text] of Object.entries(report.charts)) await writeBeside(file, text);
  await writeSection(
    name,
    `${report.markdown}\n\nMade on ${madeOn(facts)}, with \`npm run bench\` (\`bench/README.md\` says how to read it).`,
  );
  show("docs/measurements.md has the new figures.");
}

/** What was written last of the scenarios that goals are about: where this run does not measure them, that stands. */
function earlierFindings(): Findings {
  const findings: Findings = {};
  for (const name of ["million", "revocation", "audit"] as const) {
    const written = readBeside(`${name}.json`);
    if (written !== null) Object.assign(findings, { [name]: (JSON.parse(written) as { findings: unknown }).findings });
  }
  return findings;
}

async function run(options: Options): Promise<void> {
  process.env.GATEHOUSE_SECRET = SECRET;
  mkdirSync(FOLDER, { recursive: true });
  const database = await startDatabase(join(FOLDER, "database"));
  const facts = machineFacts(database.version);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.once(signal, () => {
      endServices();
      void database.stop().finally(() => process.exit(130));
    });
  const findings = earlierFindings();
  try {
    show(madeOn(facts));
    // The peers last: the goals' table, which they print, is about the others as well.
    const order: Scenario[] = ["million", "flood", "revocation", "oauth", "audit", "peers"];
    for (const name of order.filter((scenario) => options.scenarios.includes(scenario))) {
      const report = await SCENARIOS[name]({ database, folder: FOLDER, options, findings, say });
      show(`\n${report.text}`);
      await keep(name, report, facts, options);
    }
  } finally {
    await database.stop();
  }
}

try {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options.help) show(HELP);
  else await run(options);
} catch (error) {
  const wrongOption = error instanceof OptionError || (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS");
  say(wrongOption ? (error as Error).message : String((error as Error).stack ?? error));
  process.exitCode = 1;
}
