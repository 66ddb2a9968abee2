import { fileURLToPath } from "node:url";
import { say, SetupError } from "./run.mjs";
import { ensureBundles, ensureGenerated, ensureInstalled, requireNode } from "./steps.mjs";

/**
 * Runs the steps before a program, in the project's folder. A step that cannot be done is one sentence and a non-zero exit.
 * @param {() => Promise<void>} steps
 */
export async function prepare(steps) {
  process.chdir(fileURLToPath(new URL("../..", import.meta.url)));
  try {
    await steps();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exit(1);
  }
}

/** What every program needs that does not show the console's pages as they were built. */
export async function ensurePrograms() {
  requireNode();
  await ensureInstalled();
  await ensureGenerated();
  await ensureBundles();
}
