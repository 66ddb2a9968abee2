import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePort } from "@/server/database/embedded";

const PROGRAM = fileURLToPath(new URL("swift-server.py", import.meta.url));
const PYTHONS = [process.env.GATEHOUSE_TEST_SWIFT_PYTHON ?? "", "/usr/bin/python3"];
const READY_MS = 30_000;

/** A real server of S3's API that checks signatures: OpenStack Swift, on loopback. */
export class TestSwift {
  readonly accessKeyId = "gatehouse:keeper";
  readonly secret = "a-secret-of-the-tests";
  readonly endpoint: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "gatehouse-swift-"));
  #process: ChildProcess | null = null;
  #wrote = "";

  private constructor(readonly port: number) {
    this.endpoint = `http://127.0.0.1:${port}`;
  }

  static async begin(): Promise<TestSwift> {
    const server = new TestSwift(await freePort());
    await server.#start();
    return server;
  }

  async end(): Promise<void> {
    const running = this.#process;
    if (running && running.exitCode === null) {
      const ended = new Promise((done) => running.once("exit", done));
      running.kill("SIGKILL");
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #start(): Promise<void> {
    const python = PYTHONS.find((path) => path && existsSync(path));
    if (!python)
      throw new Error("there is no OpenStack Swift: `npm test` sees to one, or set GATEHOUSE_TEST_SWIFT_PYTHON");
    const args = [PROGRAM, this.#folder, String(this.port), this.accessKeyId, this.secret];
    const child = spawn(python, args, { stdio: ["ignore", "ignore", "pipe"] });
    child.stderr.on("data", (chunk: Buffer) => (this.#wrote += chunk.toString()));
    this.#process = child;
    for (const until = Date.now() + READY_MS; Date.now() < until && child.exitCode === null; await sleep(100)) {
      const answer = await fetch(this.endpoint).catch(() => null);
      await answer?.arrayBuffer();
      if (answer) return;
    }
    throw new Error(`OpenStack Swift did not start:\n${this.#wrote}`);
  }
}
