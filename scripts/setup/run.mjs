import { spawn } from "node:child_process";

const HEARTBEAT_MS = 15_000;

/** A sentence for the operator; printed without a stack. */
export class SetupError extends Error {}

/** @param {string} line Says something on standard error: standard output belongs to what is asked for. */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** @param {readonly string[]} lines The first and the last lines: some tools say the reason first (npm), others last. */
function endsOf(lines) {
  return lines.length <= 50 ? lines : [...lines.slice(0, 20), "…", ...lines.slice(-30)];
}

/**
 * Runs a program, saying what it is for, and again every 15 seconds while it lasts. Its output is shown only where it fails.
 * @param {string} what @param {string} program @param {readonly string[]} args @param {{ env?: NodeJS.ProcessEnv, show?: boolean }} [options] `show` passes its output on where it succeeds, too.
 */
export async function runStep(what, program, args, options = {}) {
  const startedAt = Date.now();
  const seconds = () => Math.round((Date.now() - startedAt) / 1000);
  say(`${what}…`);
  const heartbeat = setInterval(() => say(`${what}… ${seconds()} s`), HEARTBEAT_MS);
  try {
    const { code, output } = await new Promise((done, failed) => {
      // npm is a script on Windows, which only a shell can run.
      const shell = process.platform === "win32" && program === "npm";
      const child = spawn(program, args, { env: options.env ?? process.env, stdio: ["ignore", "pipe", "pipe"], shell });
      let text = "";
      child.stdout.on("data", (chunk) => (text += chunk));
      child.stderr.on("data", (chunk) => (text += chunk));
      child.once("error", failed);
      child.once("close", (status) => done({ code: status, output: text }));
    });
    if (code === 0) {
      if (options.show && output.trim()) say(output.trim());
      return;
    }
    say(endsOf(output.trim().split("\n")).join("\n"));
    throw new SetupError(`${what} failed: the lines above say why.`);
  } finally {
    clearInterval(heartbeat);
  }
}
