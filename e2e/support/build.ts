import { fileURLToPath } from "node:url";
import { ensureBuilt } from "../../scripts/setup/steps.mjs";

/** Builds what is stale, once for the whole run: `npm test` has done so already, a single run from an editor has not. */
export default async function build(): Promise<void> {
  process.chdir(fileURLToPath(new URL("../..", import.meta.url)));
  await ensureBuilt();
}
