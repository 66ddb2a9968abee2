// `npm run dev`: the console with hot reload, on the data folder that `npm start` uses.
import { ensurePrograms, prepare } from "./setup/prepare.mjs";

await prepare(ensurePrograms);
await import("../dist/dev.mjs");
