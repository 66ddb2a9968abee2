import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "./database";
import type { Generator } from "./load/generator";
import type { Run, RunResult } from "./load/messages";
import { usageIsKnown, usageOf, type Usage } from "./machine/processes";
import type { Service } from "./service";

const SAMPLE_MS = 200;
/** Processor time within a sample below which a program counts as quiet, s. */
const QUIET_SECONDS = 0.021;
const LONGEST_REST_MS = 20_000;

/** One run of a load against a program, and what it cost. */
export type Measured = {
  result: RunResult;
  /** Processor time from the start of the counted time until all is quiet again, s: work that was put off counts. */
  serverSeconds: number;
  postgresSeconds: number;
  /** Memory of the program and its children at the end. */
  rssBytes: number;
};

/** Waits until the program and the database have done what they put off; at most 20 s. */
async function rest(roots: readonly number[]): Promise<void> {
  const total = () => usageOf(roots).reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
  const deadline = Date.now() + LONGEST_REST_MS;
  for (let quiet = 0, before = total(); quiet < 2 && usageIsKnown && Date.now() < deadline;) {
    await sleep(SAMPLE_MS);
    const now = total();
    quiet = now - before <= QUIET_SECONDS ? quiet + 1 : 0;
    before = now;
  }
}

/** Waits until a service and the database are quiet, writes a checkpoint, and waits for that: nobody pays for what was before. */
export async function settle(database: Database, service: Service): Promise<void> {
  await rest([service.pid, database.pid]);
  await database.checkpoint();
  await rest([database.pid]);
}

/** Fires one run and waits for quiet. */
export async function measure(options: {
  generator: Generator;
  database: Database;
  service: Service;
  run: Run;
}): Promise<Measured> {
  const { generator, database, service, run } = options;
  const roots = [service.pid, database.pid];
  let before: Usage[] = usageOf(roots);
  const result = await generator.run(run, () => (before = usageOf(roots)));
  await rest(roots);
  const after = usageOf(roots);
  await database.checkpoint();
  await rest([database.pid]);
  const spent = (nth: number) => (after[nth]?.cpuSeconds ?? 0) - (before[nth]?.cpuSeconds ?? 0);
  return { result, serverSeconds: spent(0), postgresSeconds: spent(1), rssBytes: after[0]?.rssBytes ?? 0 };
}
