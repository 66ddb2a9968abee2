// `npm run demo`: Gatehouse on a data folder of its own, filled with a believable company.
import { prepare } from "./setup/prepare.mjs";
import { runStep } from "./setup/run.mjs";
import { ensureBuilt } from "./setup/steps.mjs";

process.env.GATEHOUSE_DATA_DIR ||= ".data-demo";
process.env.NODE_ENV = "production";
await prepare(async () => {
  await ensureBuilt();
  await runStep("Filling the demo's database", process.execPath, ["dist/demo.mjs"], { show: true });
});
await import("../dist/launcher.mjs");
