import { spawn, type ChildProcess } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { steadyPort } from "@/lib/testing/steady-port";
import { isAlive, runningPostmaster } from "../database/postmaster";

/** The secret of every instance that the tests start, so that a test can make tokens for it. */
export const SECRET = "a secret for process tests alone, longer than 32 characters";
const LAUNCHER = resolve("dist/launcher.mjs");
const START_MS = 60_000;

const cleanups: (() => Promise<void> | void)[] = [];

/** Ends everything that the file's tests started, the newest first. Call it in `afterAll`. */
export async function cleanUp(): Promise<void> {
  for (const clean of cleanups.splice(0).reverse()) await clean();
}

/** Runs at the end of the file, whatever happened. */
export function atEnd(clean: () => Promise<void> | void): void {
  cleanups.push(clean);
}

/** An empty folder that every user may enter (as root, PostgreSQL runs as another one); removed at the end. */
export function makeDataDir(): string {
  const folder = mkdtempSync(join(tmpdir(), "gatehouse-process-"));
  chmodSync(folder, 0o755);
  atEnd(async () => {
    const server = runningPostmaster(clusterOf(folder));
    if (server) {
      process.kill(server.pid, "SIGKILL");
      await until(() => !isAlive(server.pid));
    }
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  });
  return folder;
}

const clusterOf = (dataDir: string) => join(dataDir, "postgresql", "cluster");

/** The embedded PostgreSQL of a data folder. */
export function databaseOf(dataDir: string): { pid: number; url: string } {
  const server = runningPostmaster(clusterOf(dataDir));
  if (!server) throw new Error(`no database runs in ${dataDir}`);
  const password = readFileSync(join(dataDir, "postgresql", "password"), "utf8").trim();
  return { pid: server.pid, url: `postgresql://postgres:${password}@127.0.0.1:${server.port}/gatehouse` };
}

/** A launcher and what it said. */
export type Gatehouse = {
  base: string;
  port: number;
  dataDir: string;
  process: ChildProcess;
  pid: number;
  /** Everything it and its children wrote, both streams. */
  output: () => string;
  /** Resolves with the code (null where a signal ended it) when the launcher has ended. */
  exited: Promise<number | null>;
  /** SIGTERM, and the exit code. */
  stop: () => Promise<number | null>;
};

/** The environment of a launcher: nothing of ours but what finds programs. */
export function launcherEnv(env: Record<string, string>): NodeJS.ProcessEnv {
  const own = { PATH: process.env.PATH, HOME: tmpdir(), GATEHOUSE_LOG_LEVEL: "warn", GATEHOUSE_SECRET: SECRET };
  return { NODE_ENV: "production", ...own, ...env };
}

/** Spawns the launcher, by another program where one is given, without waiting for anything. */
export function spawnGatehouse(
  env: Record<string, string>,
  by: readonly string[] = [],
): Pick<Gatehouse, "process" | "output" | "exited" | "pid"> {
  const [program = process.execPath, ...args] = [...by, process.execPath, LAUNCHER];
  const child = spawn(program, args, { env: launcherEnv(env), stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const exited = new Promise<number | null>((done) => child.once("exit", (code) => done(code)));
  atEnd(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
    await exited;
  });
  return { process: child, output: () => text, exited, pid: child.pid ?? 0 };
}

/** Starts Gatehouse and waits until it says its address. Throws with its output where it does not. */
export async function startGatehouse(
  options: { dataDir?: string; port?: number; env?: Record<string, string>; by?: readonly string[] } = {},
): Promise<Gatehouse> {
  const dataDir = options.dataDir ?? makeDataDir();
  const port = options.port ?? (await steadyPort());
  const env = { GATEHOUSE_DATA_DIR: dataDir, PORT: String(port), ...options.env };
  const launcher = spawnGatehouse(env, options.by);
  let ended = false;
  void launcher.exited.then(() => (ended = true));
  await until(
    () => ended || /^Open http/m.test(launcher.output()),
    START_MS,
    () => launcher.output(),
  );
  if (ended) throw new Error(`the launcher ended: ${launcher.output()}`);
  return {
    ...launcher,
    base: `http://localhost:${port}`,
    port,
    dataDir,
    stop: () => {
      launcher.process.kill("SIGTERM");
      return launcher.exited;
    },
  };
}

/** A launcher that is expected to refuse: its exit code and all it said. */
export async function refusal(env: Record<string, string>): Promise<{ code: number | null; said: string }> {
  const { exited, output } = spawnGatehouse({ PORT: String(await steadyPort()), ...env });
  const code = await exited;
  return { code, said: output().trim() };
}

/** Waits until `ready` holds. Throws after `limitMs`, with what `explain` says. */
export async function until(
  ready: () => boolean | Promise<boolean>,
  limitMs = 60_000,
  explain: () => string = () => ready.toString(),
): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!(await ready())) {
    if (Date.now() > deadline) throw new Error(`not within ${limitMs} ms: ${explain()}`);
    await sleep(25);
  }
}

/** The id of a child of a process, by what stands in its command line. */
export function childPid(parent: number, words: string): number {
  const found = processes().find(({ parentPid, command }) => parentPid === parent && command.includes(words));
  if (!found) throw new Error(`process ${parent} has no child ${words}`);
  return found.pid;
}

/** The ids of all children of a process. */
export function childrenOf(parent: number): number[] {
  return processes().flatMap(({ parentPid, pid }) => (parentPid === parent ? [pid] : []));
}

/** True while such a child runs. */
export function hasChild(parent: number, words: string): boolean {
  return processes().some(({ parentPid, command }) => parentPid === parent && command.includes(words));
}

/** How many children of a process have ended and were not collected. */
export function zombiesOf(parent: number): number {
  return everyProcess().filter(({ parentPid, zombie }) => parentPid === parent && zombie).length;
}

type Running = { pid: number; parentPid: number; command: string; zombie: boolean };

const processes = (): Running[] => everyProcess().filter(({ zombie }) => !zombie);

/** The processes of this machine (Linux: the only system whose tests need no `ps`). */
function everyProcess(): Running[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && existsSync(`/proc/${name}/cmdline`))
    .flatMap((name) => {
      try {
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ");
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        return [{ pid: Number(name), parentPid: Number(parent), command, zombie: state === "Z" }];
      } catch {
        return []; // ended meanwhile
      }
    });
}
