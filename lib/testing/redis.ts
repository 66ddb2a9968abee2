import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { freePort } from "@/server/database/embedded";
import { createClient } from "@redis/client";

const PROGRAMS = [process.env.GATEHOUSE_TEST_REDIS_SERVER ?? "", "/usr/bin/valkey-server", "/usr/bin/redis-server"];

/** A real Redis or Valkey of a test, in memory alone. `stop` and `start` end it and bring an empty one back, `pause` and `resume` let it hang. */
export class TestRedis {
  readonly port: number;
  #process: ChildProcess | null = null;

  private constructor(port: number) {
    this.port = port;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  static async begin(): Promise<TestRedis> {
    const redis = new TestRedis(await freePort());
    await redis.start();
    return redis;
  }

  async start(): Promise<void> {
    const program = PROGRAMS.find((path) => path && existsSync(path));
    if (!program)
      throw new Error("there is no redis-server: `npm test` sees to one, or set GATEHOUSE_TEST_REDIS_SERVER");
    const options = [
      "--port",
      String(this.port),
      "--bind",
      "127.0.0.1",
      "--save",
      "",
      "--appendonly",
      "no",
      "--dir",
      "/tmp",
    ];
    this.#process = spawn(program, options, { stdio: "ignore" });
    const client = createClient({ url: this.url, socket: { reconnectStrategy: 50 } });
    client.on("error", () => undefined);
    await client.connect();
    await client.close();
  }

  async stop(): Promise<void> {
    const running = this.#process;
    this.#process = null;
    if (!running || running.exitCode !== null) return;
    const ended = new Promise((done) => running.once("exit", done));
    running.kill("SIGKILL");
    await ended;
  }

  pause(): void {
    this.#process?.kill("SIGSTOP");
  }

  resume(): void {
    this.#process?.kill("SIGCONT");
  }
}
