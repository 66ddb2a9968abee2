import { fork, type ChildProcess } from "node:child_process";
import { resolve } from "node:path";
import type { ToLauncher } from "../channel";

const START_MS = 30_000;
const KEPT_CHARS = 200_000;

type Options = {
  /** The bundle that it runs. */
  script: string;
  port: number;
  databaseUrl: string;
  secret: string;
};

/** One authority as a process of its own, without a launcher: whoever made it starts, hurts and ends it. */
export class AuthorityProcess {
  readonly port: number;
  readonly #options: Options;
  #child: ChildProcess | null = null;
  #said = "";

  constructor(options: Options) {
    this.#options = options;
    this.port = options.port;
  }

  get running(): boolean {
    return this.#child !== null;
  }

  /** What it logged about one request, as far as that is kept. */
  saidOf(requestId: string): string {
    return this.#said
      .split("\n")
      .filter((line) => line.includes(requestId))
      .join("\n");
  }

  /** Resolves when it listens. Throws with what it wrote where it does not. */
  async start(): Promise<void> {
    const { script, port, databaseUrl, secret } = this.#options;
    const child = fork(script, {
      env: {
        PATH: process.env.PATH,
        NODE_ENV: "production",
        PORT: String(port),
        GATEHOUSE_URL: `http://localhost:${port}`,
        DATABASE_URL: databaseUrl,
        GATEHOUSE_SECRET: secret,
        GATEHOUSE_INTERNAL_SECRET: "a secret between processes that no console shares here",
        GATEHOUSE_LOG_LEVEL: "error",
      },
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
    await new Promise<void>((listening, failed) => {
      const fail = (why: string) =>
        failed(new Error(`the authority at ${port} did not start: ${why}\n${this.#said.slice(-2_000)}`));
      const late = setTimeout(fail, START_MS, "it took too long");
      const ended = () => fail("it ended");
      child.once("exit", ended);
      child.on("message", (message: ToLauncher) => {
        if (message.kind !== "listening") return fail(JSON.stringify(message));
        clearTimeout(late);
        child.off("exit", ended);
        listening();
      });
    });
  }

  /** SIGKILL. Resolves when it is gone. */
  async kill(): Promise<void> {
    await this.#end("SIGKILL");
  }

  /** Lets it answer what it has been asked, and end. */
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
