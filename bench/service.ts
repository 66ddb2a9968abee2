import { fork, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "@/server/database/embedded";
import type { Database } from "./database";
import { fillGatehouse } from "./gatehouse/fill";

const START_MS = 300_000;
const STOP_MS = 20_000;

/** The secret of every Gatehouse that is measured. */
export const SECRET = "a secret for measurements alone, longer than 32 characters";

/** A program under measurement. */
export type Service = {
  pid: number;
  port: number;
  tokens: { file: string; length: number };
  /** The key of the MCP server that asks; empty where there is none. */
  key: string;
  stop: () => Promise<void>;
};

/** What a service is started with. */
export type Setting = {
  name: string;
  database: Database;
  /** A folder of the bench's own, for token files and data folders. */
  folder: string;
  tokenCount: number;
};

/** Nothing of the caller's environment but what finds programs: settings of a shell must not change a measurement. */
function environment(more: Record<string, string>): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG, PG_BIN } = process.env;
  return { PATH, HOME, LANG, ...(PG_BIN && { PG_BIN }), NODE_ENV: "production", ...more };
}

const tokenFileOf = (setting: Setting) => join(setting.folder, `${setting.name}.tokens`);
const tokensOf = (file: string, count: number) => ({ file, length: statSync(file).size / count });
const databaseOf = (setting: Setting) => setting.database.make(`bench_${setting.name.replaceAll("-", "_")}`);

/** Everything that runs, so that nothing outlives the bench. */
const running = new Set<ChildProcess>();

function watched(child: ChildProcess): ChildProcess {
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

/** Ends everything that runs, without waiting: for a bench that is interrupted. */
export function endServices(): void {
  for (const child of running) child.kill("SIGTERM");
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const force = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  child.kill("SIGTERM");
  await once(child, "exit");
  clearTimeout(force);
}

/** Resolves when `ready` does; throws where the program ends before, or takes too long. */
async function started<T>(name: string, child: ChildProcess, ready: Promise<T>): Promise<T> {
  const timer = new AbortController();
  const ended = once(child, "exit").then(([code]) => {
    throw new Error(`${name} ended with ${String(code)} before it listened`);
  });
  const late = sleep(START_MS, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`${name} did not listen within ${START_MS / 1000} s`);
  });
  late.catch(() => undefined);
  ended.catch(() => undefined);
  try {
    return await Promise.race([ready, ended, late]);
  } finally {
    timer.abort();
  }
}

/** Starts a program of `bench/peers`, which fills its own database and says where it listens. */
export async function startPeer(setting: Setting, program: string, variant = ""): Promise<Service> {
  const file = tokenFileOf(setting);
  const env = environment({
    DATABASE_URL: await databaseOf(setting),
    BENCH_TOKENS: String(setting.tokenCount),
    BENCH_TOKEN_FILE: file,
    BENCH_VARIANT: variant,
  });
  const child = watched(
    fork(resolve("bench/peers", program), {
      env,
      execArgv: [],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    }),
  );
  const listening = once(child, "message").then(([message]) => message as { port: number });
  const { port } = await started(setting.name, child, listening);
  const tokens = tokensOf(file, setting.tokenCount);
  return { pid: child.pid ?? 0, port, tokens, key: "", stop: () => end(child) };
}

/** The environment of a Gatehouse on a database that is there. */
function gatehouseEnvironment(setting: Setting, url: string, port: number, audit: string): NodeJS.ProcessEnv {
  const dataDir = join(setting.folder, setting.name);
  mkdirSync(dataDir, { recursive: true });
  return environment({
    DATABASE_URL: url,
    GATEHOUSE_SECRET: SECRET,
    GATEHOUSE_DATA_DIR: dataDir,
    GATEHOUSE_AUDIT: audit,
    GATEHOUSE_LOG_LEVEL: "error",
    NEXT_TELEMETRY_DISABLED: "1",
    PORT: String(port),
  });
}

/** A filled database of Gatehouse's, to start it on as often as is wanted. */
export type FilledGatehouse = {
  /** Of its database. */
  url: string;
  /** At a free port, where none is named. */
  start: (audit?: "durable" | "buffered", port?: number) => Promise<Service>;
  startPlainNext: () => Promise<Service>;
};

/** Fills a database for Gatehouse. */
export async function fillForGatehouse(setting: Setting): Promise<FilledGatehouse> {
  const file = tokenFileOf(setting);
  const url = await databaseOf(setting);
  const key = await fillGatehouse(url, setting.tokenCount, file);
  const tokens = tokensOf(file, setting.tokenCount);
  const spawnOn = (port: number, args: string[], audit: string) => {
    const env = gatehouseEnvironment(setting, url, port, audit);
    return watched(spawn(process.execPath, args, { env, stdio: ["ignore", "pipe", "inherit"] }));
  };
  const service = (child: ChildProcess, port: number): Service => ({
    pid: child.pid ?? 0,
    port,
    tokens,
    key,
    stop: () => end(child),
  });
  return {
    url,
    start: async (audit = "durable", wanted) => {
      const port = wanted ?? (await freePort());
      const child = spawnOn(port, ["dist/launcher.mjs"], audit);
      await started(setting.name, child, heard(child, /^Open http/m));
      return service(child, port);
    },
    startPlainNext: async () => {
      const port = await freePort();
      const next = ["node_modules/next/dist/bin/next", "start", "-H", "127.0.0.1", "-p", String(port)];
      const child = spawnOn(port, next, "durable");
      child.stdout?.resume();
      await started(setting.name, child, answers(port));
      return service(child, port);
    },
  };
}

/** Resolves when the program has said that. */
function heard(child: ChildProcess, words: RegExp): Promise<void> {
  return new Promise((done) => {
    let text = "";
    child.stdout?.on("data", (chunk: Buffer) => {
      if (words.test((text += chunk.toString()))) done();
    });
  });
}

/** Resolves when something answers at the port. */
async function answers(port: number): Promise<void> {
  for (;;) {
    const answered = await fetch(`http://127.0.0.1:${port}/api/v1/openapi.json`).then(
      async (response) => (await response.arrayBuffer(), response.ok),
      () => false,
    );
    if (answered) return;
    await sleep(100);
  }
}
