// Programs that the conformance run starts, and what they say.
import { spawn } from "node:child_process";
import { createServer } from "node:net";

/** Starts a program; `output` is everything that it has written so far. */
export function start(program, args, env = {}) {
  const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const running = { child, output: "", ended: new Promise((ended) => child.once("close", ended)) };
  const hear = (chunk) => void (running.output += chunk);
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  return running;
}

/** Waits until a program has written that; null where it ends before. */
export async function heard(running, pattern, withinMs) {
  const until = Date.now() + withinMs;
  while (Date.now() < until) {
    const match = pattern.exec(running.output);
    if (match) return match;
    if (running.child.exitCode !== null) return null;
    await new Promise((next) => setTimeout(next, 100));
  }
  return null;
}

/** A port of loopback that nobody listens on just now. */
export const freePort = () =>
  new Promise((found) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => found(port));
    });
  });
