// `npm test`: everything, from a fresh clone. `npm test -- <stage> …` runs single stages; `--help` names them.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureBrowser } from "./setup/browser.mjs";
import { ensureRedis } from "./setup/redis.mjs";
import { runStep, say, SetupError } from "./setup/run.mjs";
import { ensureSwift } from "./setup/swift.mjs";
import { ensureSyslog } from "./setup/syslog.mjs";
import { ensureBundles, ensureConsole, ensureGenerated, ensureInstalled, requireNode } from "./setup/steps.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const results = mkdtempSync(join(tmpdir(), "gatehouse-results-"));

/** What a stage found. A test that was skipped has not been passed: it counts as failed. */
const counted = (passed, failed) => ({ passed, failed });

/** Runs a tool with its output shown, in plain text. @returns {Promise<boolean>} True where it succeeded. */
function tool(args, env = {}) {
  const plain = { ...process.env, NO_COLOR: "1", ...env };
  delete plain.FORCE_COLOR;
  return new Promise((done) => {
    const child = spawn(process.execPath, args, { stdio: "inherit", env: plain });
    child.once("error", () => done(false));
    child.once("close", (code) => done(code === 0));
  });
}

/** Runs a stage that is one check. */
async function check(args) {
  return (await tool(args)) ? counted(1, 0) : counted(0, 1);
}

function readJson(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
}

async function vitest(name, args, env = {}) {
  const file = join(results, `${name}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const ok = await tool(["node_modules/vitest/vitest.mjs", "run", ...args, ...reporters], env);
  const report = readJson(file);
  const passed = report?.numPassedTests ?? 0;
  // A file that does not even load counts as a failure, and so does a run without a single test.
  const failed = (report?.numTotalTests ?? 0) - passed;
  return counted(passed, Math.max(failed, ok && passed > 0 ? 0 : 1));
}

async function playwright() {
  const file = join(results, "e2e.json");
  await ensureBrowser();
  const args = [
    "node_modules/@playwright/test/cli.js",
    "test",
    "-c",
    "e2e/playwright.config.ts",
    "--reporter=list,json",
  ];
  const ok = await tool(args, { PLAYWRIGHT_JSON_OUTPUT_NAME: file });
  const stats = readJson(file)?.stats;
  const passed = stats?.expected ?? 0;
  const failed = (stats?.unexpected ?? 0) + (stats?.flaky ?? 0) + (stats?.skipped ?? 0);
  return counted(passed, Math.max(failed, ok && passed > 0 ? 0 : 1));
}

async function build() {
  await ensureBundles();
  await ensureConsole();
  return counted(1, 0);
}

/** In this order: what is quick and says most comes first. */
const STAGES = {
  format: () => check(["node_modules/prettier/bin/prettier.cjs", "--check", "--log-level=warn", "."]),
  lint: () => check(["node_modules/eslint/bin/eslint.js", "."]),
  types: () => check(["node_modules/typescript/bin/tsc", "--noEmit"]),
  unused: () => check(["node_modules/knip/bin/knip.js"]),
  duplicates: () => check(["node_modules/jscpd/bin/jscpd", "app", "cli", "components", "lib", "scripts", "server"]),
  unit: async () =>
    vitest("unit", [], {
      GATEHOUSE_TEST_REDIS_SERVER: await ensureRedis(),
      GATEHOUSE_TEST_RSYSLOGD: await ensureSyslog(),
      GATEHOUSE_TEST_SWIFT_PYTHON: await ensureSwift(),
    }),
  build,
  process: () => vitest("process", ["--config", "server/process-tests/vitest.config.ts"]),
  faults: () => vitest("faults", ["--config", "server/fault-tests/vitest.config.ts"]),
  e2e: () => playwright(),
};
/** These need what `build` makes. */
const ON_BUILD = new Set(["process", "faults", "e2e"]);

/** Runs one stage; one that cannot run has failed. */
async function runStage(name) {
  say(`\n== ${name}`);
  const startedAt = Date.now();
  const result = await STAGES[name]().catch((error) => {
    say(error instanceof SetupError ? error.message : String(error?.stack ?? error));
    return counted(0, 1);
  });
  return { name, ...result, seconds: Math.round((Date.now() - startedAt) / 1000) };
}

/** Runs the stages, each whatever the others found, and says what each took. */
async function run(names) {
  const rows = [];
  for (const name of names) rows.push(await runStage(name));
  say("\nstage        passed  failed  seconds");
  for (const { name, passed, failed, seconds } of rows)
    say(
      `${name.padEnd(12)} ${String(passed).padStart(6)}  ${String(failed).padStart(6)}  ${String(seconds).padStart(7)}`,
    );
  const sum = (key) => rows.reduce((before, row) => before + row[key], 0);
  return counted(sum("passed"), sum("failed"));
}

async function main(asked) {
  const unknown = asked.filter((name) => !(name in STAGES));
  if (unknown.length > 0)
    throw new SetupError(`There is no stage ${unknown.join(", ")}: ${Object.keys(STAGES).join(", ")}.`);
  requireNode();
  await ensureInstalled();
  await ensureGenerated();
  if (!existsSync("next-env.d.ts"))
    await runStep("Writing Next's types", process.execPath, ["node_modules/next/dist/bin/next", "typegen"]);
  const wanted = asked.length === 0 ? Object.keys(STAGES) : asked;
  const names = wanted.some((name) => ON_BUILD.has(name)) && !wanted.includes("build") ? ["build", ...wanted] : wanted;
  return run(names);
}

async function mainOrFailure(asked) {
  try {
    return await main(asked);
  } catch (error) {
    say(error instanceof SetupError ? error.message : String(error?.stack ?? error));
    return counted(0, 1);
  } finally {
    rmSync(results, { recursive: true, force: true });
  }
}

if (process.argv.includes("--help")) {
  process.stdout.write(
    `npm test              everything\nnpm test -- <stage>   one of: ${Object.keys(STAGES).join(", ")}\n`,
  );
} else {
  const { passed, failed } = await mainOrFailure(process.argv.slice(2));
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}
