// `npm run -s gatehouse -- <noun> <verb>`: the command line. Prints nothing of its own on standard output.
import { ensurePrograms, prepare } from "./setup/prepare.mjs";

await prepare(ensurePrograms);
process.env.GATEHOUSE_LOG_LEVEL ??= "warn";
await import("../dist/cli.mjs");
