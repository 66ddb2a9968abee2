// `npm test`: everything, from a fresh clone. `npm test -- <stage> …` runs single stages.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureBrowser } from "./setup/browser.mjs";
import { runStep, say, SetupError } from "./setup/run.mjs";
import { ensureBundles, ensureConsole, ensureGenerated, ensureInstalled, requireNode } from "./setup/steps.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const results = mkdtempSync(join(tmpdir(), "gatehouse-results-"));
const total = { passed: 0, failed: 0 };

/** Runs a tool with its output shown. @returns {Promise<boolean>} True where it succeeded. */
function tool(args, env = {}) {
  return new Promise((done) => {
    const child = spawn(process.execPath, args, { stdio: "inherit", env: { ...process.env, ...env } });
    child.once("close", (code) => done(code === 0));
  });
}

/** Counts a stage that is one check. */
async function check(args) {
  const ok = await tool(args);
  if (!ok) total.failed += 1;
  return ok;
}

function readJson(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : null;
}

async function vitest(name, args) {
  const file = join(results, `${name}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const ok = await tool(["node_modules/vitest/vitest.mjs", "run", ...args, ...reporters]);
  const report = readJson(file);
  total.passed += report?.numPassedTests ?? 0;
  // A file that does not even load counts as a failure, too.
  total.failed += Math.max(report?.numFailedTests ?? 0, ok ? 0 : 1);
  return ok;
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
  total.passed += (stats?.expected ?? 0) + (stats?.flaky ?? 0);
  total.failed += Math.max(stats?.unexpected ?? 0, ok ? 0 : 1);
  return ok;
}

const hasFiles = (folder) => existsSync(folder);

/** In this order: what is quick and says most comes first. */
const STAGES = {
  format: () => check(["node_modules/prettier/bin/prettier.cjs", "--check", "--log-level=warn", "."]),
  lint: () => check(["node_modules/eslint/bin/eslint.js", "."]),
  types: () => check(["node_modules/typescript/bin/tsc", "--noEmit"]),
  unused: () => check(["node_modules/knip/bin/knip.js"]),
  duplicates: () => check(["node_modules/jscpd/bin/jscpd", "app", "cli", "components", "lib", "scripts", "server"]),
  unit: () => vitest("unit", []),
  build: async () => {
    await ensureBundles();
    await ensureConsole();
    return true;
  },
  process: () => vitest("process", ["--config", "server/process-tests/vitest.config.ts"]),
  e2e: () => playwright(),
};
/** These need what `build` makes. */
const ON_BUILD = new Set(["process", "e2e"]);

async function run(names) {
  for (const name of names) {
    say(`\n== ${name}`);
    const startedAt = Date.now();
    const ok = await STAGES[name]();
    say(`== ${name}: ${ok ? "ok" : "FAILED"} (${Math.round((Date.now() - startedAt) / 1000)} s)`);
  }
}

async function main() {
  const asked = process.argv.slice(2);
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
  await run(names.filter((name) => name !== "process" || hasFiles("server/process-tests")));
}

try {
  await main();
} catch (error) {
  total.failed += 1;
  say(error instanceof SetupError ? error.message : String(error?.stack ?? error));
} finally {
  rmSync(results, { recursive: true, force: true });
}
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`);
process.exitCode = total.failed === 0 ? 0 : 1;
