import { spawn, type ChildProcess } from "node:child_process";
import { createServer, type AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";

/** The project's folder. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const STOP_MS = 30_000;

/** A port that was free a moment ago, on loopback. */
export async function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const probe = createServer()
      .once("error", failed)
      .listen(0, "127.0.0.1", () => {
        const { port } = probe.address() as AddressInfo;
        probe.close(() => found(port));
      });
  });
}

/** A program that runs beside the test, with everything that it has written so far. */
export type Running = { output: () => string; stop: () => Promise<void> };

/** The environment of a child: this one's, without what would reach into a Gatehouse of the developer. */
export function cleanEnv(extra: Record<string, string>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(GATEHOUSE_|DATABASE_URL$|PORT$|HOST$|NEXTAUTH_|NODE_OPTIONS$|FORCE_COLOR$)/.test(name),
  );
  return { ...Object.fromEntries(kept), ...extra } as NodeJS.ProcessEnv;
}

/** Starts a Node program and waits until its output matches. Throws, with that output, where it ends before. */
export async function startProgram(
  args: readonly string[],
  env: Record<string, string>,
  ready: RegExp,
  timeoutMs = 90_000,
): Promise<Running & { match: RegExpExecArray }> {
  const child = spawn(process.execPath, args, { cwd: ROOT, env: cleanEnv(env), stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  const match = await new Promise<RegExpExecArray>((started, failed) => {
    const fail = (why: string) => failed(new Error(`${args.join(" ")} ${why}:\n${output}`));
    const timer = setTimeout(() => (child.kill("SIGKILL"), fail("did not become ready")), timeoutMs);
    const hear = (chunk: Buffer) => {
      output += chunk.toString();
      const found = ready.exec(output);
      if (!found) return;
      clearTimeout(timer);
      started(found);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.once("exit", () => (clearTimeout(timer), fail("ended")));
  });
  return { match, output: () => output, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  await new Promise<void>((ended) => {
    const force = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    child.once("exit", () => (clearTimeout(force), ended()));
    child.kill("SIGTERM");
  });
}

/** Runs a Node program to its end. */
export async function runProgram(
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, args, { cwd: ROOT, env: cleanEnv(env), stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise<number | null>((ended) => child.once("close", ended));
  return { code, stdout, stderr };
}
