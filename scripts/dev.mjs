// `npm run dev`: the console with hot reload, on the data folder that `npm start` uses.
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
await import("../dist/dev.mjs");
