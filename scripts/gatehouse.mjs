// `npm run -s gatehouse -- <noun> <verb>`: the command line. Prints nothing of its own on standard output.
import { fileURLToPath } from "node:url";
import { say, SetupError } from "./setup/run.mjs";
import { ensureBundles, ensureGenerated, ensureInstalled, requireNode } from "./setup/steps.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

try {
  requireNode();
  await ensureInstalled();
  await ensureGenerated();
  await ensureBundles();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  process.exit(1);
}
process.env.GATEHOUSE_LOG_LEVEL ??= "warn";
await import("../dist/cli.mjs");
