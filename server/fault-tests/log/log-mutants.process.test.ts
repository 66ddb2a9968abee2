import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { closeDb } from "@/lib/db";
import { cleanUp } from "../../process-tests/gatehouse";
import { Cluster } from "../cluster";
import { bundleMutant } from "../mutants";
import { LOG_MUTANTS, type LogMutantName } from "./log-mutants";
import { LogScene } from "./scene";
import * as scenarios from "./scenarios";
import type { LogScenario, Scripts } from "./scenarios";
import { logViolationText, type LogViolation, type LogViolationKind } from "./violation";

const EMPTY = "gatehouse_empty";
let cluster: Cluster;

beforeAll(async () => {
  cluster = await Cluster.start({ proxied: false });
  await closeDb();
  await cluster.asAdmin(`CREATE DATABASE ${EMPTY} TEMPLATE gatehouse STRATEGY FILE_COPY`);
});
afterAll(async () => {
  await cluster.close();
  await cleanUp();
});

/** A busy machine may miss the moment once, but not always. */
const PLAYS_UNTIL_CAUGHT = 10;
/** A mutant that is stuck is no reason to wait for it. */
const MUTANT_SETTLES_MS = 6_000;

/** Plays a scenario on a log of its own, and judges it. */
async function play({ sinks, play }: LogScenario, scripts: Scripts, settleMs?: number): Promise<LogViolation[]> {
  await cluster.renewDatabase(EMPTY);
  const scene = await LogScene.begin(cluster, sinks);
  try {
    await play(scene, scripts);
    return (await scene.judge(settleMs)).violations;
  } finally {
    await scene.end();
  }
}

async function scriptsOf(name: LogMutantName): Promise<Scripts> {
  const mutant = LOG_MUTANTS[name];
  const program = mutant.some(({ file }) => file.startsWith("lib/validate/")) ? "authority" : "keeper";
  return { [program]: await bundleMutant(name, mutant, program) };
}

const CASES: [string, LogScenario, Partial<Record<LogMutantName, readonly LogViolationKind[]>>][] = [
  [
    "a database that dies within the integrator's commit",
    scenarios.diesWithinCommit,
    {
      "a checkpoint is anchored before the database has committed it": ["ahead_of_commit"],
      "tiles are committed without their checkpoint": ["tiles_apart"],
    },
  ],
  [
    "a database that refuses commits",
    scenarios.refusesCommits,
    { "the tree in memory is kept after a rollback": ["beyond_commit", "inconsistent", "shrunk"] },
  ],
  [
    "a database that dies when a checkpoint was told",
    scenarios.diesAfterTelling,
    { "a checkpoint is told before it is on the disk": ["shrunk", "ahead_of_commit", "not_kept"] },
  ],
  [
    "a keeper that is killed before it hears that a batch has arrived",
    scenarios.killedBeforeAcknowledgement,
    { "a sink moves on before its batch is acknowledged": ["sink_gap"] },
  ],
  ["two keepers", scenarios.twoKeepers, { "a keeper does not ask for the lock": ["sink_double"] }],
  [
    "authorities that are killed as soon as they have answered",
    scenarios.killedAfterAnswer,
    { "a decision is answered before its entry is committed": ["entry_missing"] },
  ],
];

describe.each(CASES)("%s", (_name, scenario, mutants) => {
  it("leaves a log that is whole, and proved, anchored and shipped as it is", async () => {
    expect((await play(scenario, {})).map(logViolationText)).toEqual([]);
  });

  it.each(Object.entries(mutants))("is the end of that where %s: %s", async (name, wanted) => {
    const scripts = await scriptsOf(name as LogMutantName);
    const found: LogViolationKind[] = [];
    const isCaught = () => wanted.some((kind) => found.includes(kind));
    for (let plays = 0; plays < PLAYS_UNTIL_CAUGHT && !isCaught(); plays++)
      found.push(...(await play(scenario, scripts, MUTANT_SETTLES_MS)).map(({ kind }) => kind));
    expect(isCaught(), `found ${found.join(", ") || "nothing"}`).toBe(true);
  });
});

describe("the mutants of the log", () => {
  it("are all caught by a scenario of their own", () => {
    const caught = CASES.flatMap(([, , mutants]) => Object.keys(mutants));
    expect(caught.sort()).toEqual(Object.keys(LOG_MUTANTS).sort());
  });
});
