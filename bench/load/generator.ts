import { fork, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Aim, FromGenerator, Run, RunResult, ToGenerator } from "./messages";

/** A load generator in a process of its own. */
export class Generator {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Starts the process. It ends with this one. */
  static start(): Generator {
    return new Generator(fork(fileURLToPath(new URL("worker.mjs", import.meta.url)), { execArgv: [] }));
  }

  /** Points it at a target. */
  async aim(aim: Aim): Promise<void> {
    await this.#ask({ kind: "aim", aim }, "aimed");
  }

  /** Fires. `started` is called when the counted time begins. Throws where the generator itself failed. */
  async run(run: Run, started: () => void = () => undefined): Promise<RunResult> {
    const answer = await this.#ask({ kind: "run", run }, "result", started);
    return answer.result;
  }

  #ask<K extends FromGenerator["kind"]>(
    message: ToGenerator,
    wanted: K,
    started: () => void = () => undefined,
  ): Promise<Extract<FromGenerator, { kind: K }>> {
    return new Promise((done, failed) => {
      const ended = () => settle(() => failed(new Error("the load generator ended")));
      const settle = (then: () => void) => {
        this.#child.off("message", heard).off("exit", ended);
        then();
      };
      const heard = (answer: FromGenerator) => {
        if (answer.kind === "started") started();
        else if (answer.kind === "failed") settle(() => failed(new Error(answer.message)));
        else if (answer.kind === wanted) settle(() => done(answer as Extract<FromGenerator, { kind: K }>));
      };
      this.#child.on("message", heard).once("exit", ended);
      this.#child.send(message);
    });
  }

  /** Ends the process. */
  stop(): void {
    this.#child.disconnect();
  }
}
