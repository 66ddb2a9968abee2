// `npm run faults`: authorities (or, with `--integrator`, all that makes the proof of the log) under faults, and everything checked.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { build, stop } from "esbuild";
import { bundleOptions } from "./setup/bundle.mjs";
import { ensureBundles, ensureGenerated, ensureInstalled, requireNode } from "./setup/steps.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
requireNode();
await ensureInstalled();
await ensureGenerated();
await ensureBundles();
const outfile = "dist/fault-tests/main.mjs";
await build({ ...bundleOptions, entryPoints: ["server/fault-tests/main.ts"], outfile }).finally(stop);
const args = ["--enable-source-maps", outfile, ...process.argv.slice(2)];
process.exitCode = spawnSync(process.execPath, args, { stdio: "inherit" }).status ?? 1;
