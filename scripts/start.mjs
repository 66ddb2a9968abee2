// `npm start`: installs, generates and builds what is missing, then runs Gatehouse in this process.
import { fileURLToPath } from "node:url";
import { say, SetupError } from "./setup/run.mjs";
import { ensureBuilt } from "./setup/steps.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

try {
  await ensureBuilt();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  process.exit(1);
}
process.env.NODE_ENV = "production";
await import("../dist/launcher.mjs");
