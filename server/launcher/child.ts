import { fork, type ChildProcess, type StdioOptions } from "node:child_process";
import { log } from "@/lib/log";
import type { ToChild, ToLauncher } from "../channel";
import { StartError } from "../start-error";

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;
/** A child that lived this long had started well: the next pause is the first again. */
const STEADY_MS = 30_000;
/** Longer than a child's own drain. */
const KILL_MS = 8_000;

/** What is started, and how. */
type Program = {
  name: string;
  script: string;
  env: NodeJS.ProcessEnv;
  args?: readonly string[];
  /** Nothing waits for it: a first start that fails is tried again as any other, where else it ends the start of all. */
  background?: boolean;
};

/** One supervised child process. */
export type Child = {
  /** Resolves when it listens (or works) for the first time. Rejects with `StartError` where it cannot. */
  ready: Promise<void>;
  send: (message: ToChild) => void;
  /** Asks it to drain and end; ends it by force where it does not. */
  stop: () => Promise<void>;
};

/**
 * Starts a child and keeps it running: one that dies is started again, after a pause that doubles up to 10 s. `onState` is told
 * the port at each start, and null at each death.
 */
export function superviseChild(options: Program, onState: (port: number | null) => void): Child {
  let current: ChildProcess | undefined;
  let stopping = false;
  let pauseMs = FIRST_PAUSE_MS;
  let restart: NodeJS.Timeout | undefined;
  let settle: { started: () => void; failed: (error: Error) => void } | undefined;
  const ready = new Promise<void>((started, failed) => (settle = { started, failed }));
  let wasReady = false;

  const start = () => {
    const startedAt = Date.now();
    // Standard output is the launcher's own; Next would say there how long it took to read its configuration.
    const stdio: StdioOptions = ["ignore", "ignore", "inherit", "ipc"];
    const child = fork(options.script, { env: options.env, execArgv: [...(options.args ?? [])], stdio });
    current = child;
    child.on("message", (message: ToLauncher) => {
      if (message.kind === "failed") {
        if (!wasReady && !options.background) settle?.failed(new StartError(message.message));
        log.error(`${options.name}: ${message.message}`);
        return;
      }
      wasReady = true;
      settle?.started();
      if (message.kind === "listening") onState(message.port);
    });
    const ended = (how: string) => {
      onState(null);
      if (stopping) return;
      if (!wasReady && !options.background) {
        stopping = true;
        settle?.failed(new StartError(`The ${options.name} did not start; the lines above say why.`));
        return;
      }
      if (Date.now() - startedAt > STEADY_MS) pauseMs = FIRST_PAUSE_MS;
      log.warn(`The ${options.name} ended (${how}); it is started again in ${pauseMs} ms`);
      restart = setTimeout(start, pauseMs);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    };
    child.once("exit", (code, signal) => ended(signal ?? `code ${code}`));
    child.on("error", (error) => {
      if (child.pid === undefined) ended(error.message); // there is no process, and so no exit to come
    });
  };
  start();

  return {
    ready,
    // One that is dying gets nothing more, and says so where nobody asks: its successor is told anew.
    send: (message) => void current?.send(message, () => undefined),
    stop: async () => {
      stopping = true;
      clearTimeout(restart);
      const child = current;
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      await new Promise<void>((ended) => {
        const force = setTimeout(() => child.kill("SIGKILL"), KILL_MS);
        child.once("exit", () => {
          clearTimeout(force);
          ended();
        });
        // A child that has closed its channel, or does so now, may never have read the message.
        const terminate = () => child.kill("SIGTERM");
        child.once("disconnect", terminate);
        child.send({ kind: "stop" } satisfies ToChild, (error) => {
          if (error) terminate();
        });
      });
    },
  };
}
