// `npm run demo`: Gatehouse on a data folder of its own, filled with a believable company.
import { fileURLToPath } from "node:url";
import { runStep, say, SetupError } from "./setup/run.mjs";
import { ensureBuilt } from "./setup/steps.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
process.env.GATEHOUSE_DATA_DIR ||= ".data-demo";
process.env.NODE_ENV = "production";

try {
  await ensureBuilt();
  await runStep("Filling the demo's database", process.execPath, ["dist/demo.mjs"], { show: true });
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  process.exit(1);
}
await import("../dist/launcher.mjs");
