// `npm start`: installs, generates and builds what is missing, then runs Gatehouse in this process.
import { prepare } from "./setup/prepare.mjs";
import { ensureBuilt } from "./setup/steps.mjs";

await prepare(ensureBuilt);
process.env.NODE_ENV = "production";
await import("../dist/launcher.mjs");
