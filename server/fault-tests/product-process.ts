import { fork, type ChildProcess } from "node:child_process";
import { resolve } from "node:path";
import type { ToLauncher } from "../channel";

const START_MS = 30_000;
const KEPT_CHARS = 200_000;

/** What is run, and how it says that it runs. */
export type Program = {
  /** How it is called where it fails. */
  name: string;
  /** The bundle. */
  script: string;
  env: Readonly<Record<string, string>>;
  says: Exclude<ToLauncher["kind"], "failed">;
};

/** One process of the product without a launcher: whoever made it starts, hurts and ends it. */
export class ProductProcess {
  readonly #program: Program;
  #child: ChildProcess | null = null;
  #said = "";

  constructor(program: Program) {
    this.#program = program;
  }

  get running(): boolean {
    return this.#child !== null;
  }

  /** What it logged about something, as far as that is kept. */
  saidOf(words: string): string {
    return this.#said
      .split("\n")
      .filter((line) => line.includes(words))
      .join("\n");
  }

  /** Resolves when it says that it runs. Throws with what it wrote where it does not. */
  async start(): Promise<void> {
    const { name, script, env, says } = this.#program;
    const child = fork(script, {
      env: { PATH: process.env.PATH, NODE_ENV: "production", GATEHOUSE_LOG_LEVEL: "error", ...env },
      execArgv: ["--import", resolve("server/fault-tests/block-event-loop.mjs")],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#child = child;
    child.stderr?.on("data", (chunk: Buffer) => {
      this.#said = (this.#said + chunk.toString()).slice(-KEPT_CHARS);
    });
    child.once("exit", () => {
      if (this.#child === child) this.#child = null;
    });
    await new Promise<void>((runs, failed) => {
      const fail = (why: string) => failed(new Error(`${name} did not start: ${why}\n${this.#said.slice(-2_000)}`));
      const late = setTimeout(fail, START_MS, "it took too long");
      const ended = () => {
        clearTimeout(late);
        fail("it ended");
      };
      child.once("exit", ended);
      child.on("message", (message: ToLauncher) => {
        if (message.kind !== says) return fail(JSON.stringify(message));
        clearTimeout(late);
        child.off("exit", ended);
        runs();
      });
    });
  }

  /** SIGKILL. Resolves when it is gone. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Lets it finish what it has begun, and end. */
  async stop(): Promise<void> {
    await this.#end("SIGTERM");
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (!child) return;
    const gone = new Promise((done) => child.once("exit", done));
    child.kill(signal);
    await gone;
  }

  /** SIGSTOP: time passes for everybody but this process. */
  pause(): void {
    this.#child?.kill("SIGSTOP");
  }

  resume(): void {
    this.#child?.kill("SIGCONT");
  }

  /** Keeps its event loop busy for so long, ms. */
  block(ms: number): void {
    // Killed a moment ago, it is still connected: then there is nothing to keep busy.
    if (this.#child?.connected) this.#child.send({ kind: "block", ms }, () => undefined);
  }
}
