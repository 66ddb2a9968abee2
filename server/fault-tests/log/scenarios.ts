import { setTimeout as sleep } from "node:timers/promises";
import { readCheckpoint } from "@/lib/audit/proof/read";
import { systemCtx } from "@/lib/testing/ctx";
import { until } from "../../process-tests/gatehouse";
import type { LogScene } from "./scene";

/** What a scene's processes run: the built bundles, or mutants of them. */
export type Scripts = { keeper?: string; authority?: string };

/** One difficulty, made so that a keeper or an authority without the step that it needs shows a violation. */
export type LogScenario = { sinks: number; play: (scene: LogScene, scripts: Scripts) => Promise<void> };

/** More than two tiles. */
const SOME_TILES = 700;

/** The database dies with all that it has in memory, while the integrator waits for its commit. */
export const diesWithinCommit: LogScenario = {
  sinks: 0,
  play: async (scene, { keeper }) => {
    await scene.addKeeper(keeper);
    await scene.settle();
    await scene.stumbling.set({ refuse: false, delayMs: 1_000 });
    await scene.write(SOME_TILES);
    await scene.stumbling.underWay();
    await sleep(400); // who publishes too early has done so, and the witness has looked
    await scene.endDatabase("crash", 1);
  },
};

/** The commit of a checkpoint is refused again and again, while entries go on coming. */
export const refusesCommits: LogScenario = {
  sinks: 0,
  play: async (scene, { keeper }) => {
    await scene.addKeeper(keeper);
    await scene.settle();
    await scene.stumbling.set({ refuse: true, delayMs: 0 });
    for (let nth = 0; nth < 8; nth++) {
      await scene.write(60);
      await sleep(250);
    }
  },
};

/** The database dies in the moment after a checkpoint was read; what no commit waits for it writes late. */
export const diesAfterTelling: LogScenario = {
  sinks: 0,
  play: async (scene, { keeper }) => {
    await scene.cluster.asAdmin("ALTER SYSTEM SET wal_writer_delay = '10s'", "SELECT pg_reload_conf()");
    await scene.addKeeper(keeper);
    await scene.settle();
    const { size } = await readCheckpoint(systemCtx(), {});
    await scene.write(1);
    for (;;) {
      const told = await readCheckpoint(systemCtx(), {});
      if (told.size === size) continue;
      scene.witness.told(told);
      return scene.endDatabase("crash", 1);
    }
  },
};

/** A receiver has a batch, and the keeper is killed before it hears so. */
export const killedBeforeAcknowledgement: LogScenario = {
  sinks: 1,
  play: async (scene, { keeper }) => {
    await scene.addKeeper(keeper);
    await scene.settle();
    scene.manners = () => Promise.resolve("say nothing");
    const [sink] = scene.sinks;
    const before = sink?.deliveries.length ?? 0;
    await scene.write(20);
    await until(() => (sink?.deliveries.length ?? 0) > before);
    await scene.disrupt("keeper kill", async () => {
      for (const one of [...scene.keepers]) await scene.killKeeper(one);
    });
    scene.manners = () => Promise.resolve("take");
    await scene.addKeeper(keeper);
  },
};

/** Two keepers run all the time, and nobody is hurt. */
export const twoKeepers: LogScenario = {
  sinks: 1,
  play: async (scene, { keeper }) => {
    scene.manners = async () => (await sleep(150), "take");
    await scene.addKeeper(keeper);
    await scene.addKeeper(keeper);
    await scene.settle();
    for (let nth = 0; nth < 15; nth++) {
      await scene.write(40);
      await sleep(200);
    }
  },
};

/** Authorities are killed as soon as they have answered. */
export const killedAfterAnswer: LogScenario = {
  sinks: 0,
  play: async (scene, { keeper, authority }) => {
    await scene.addKeeper(keeper);
    const [token] = await scene.cluster.mint(["token"]);
    for (let nth = 0; nth < 2; nth++) {
      const member = await scene.cluster.add(authority, scene.noteAnswer);
      await member.process.start();
      await until(async () => (await member.calls.validate(token?.secret ?? "")).outcome === "allow");
      await scene.cluster.remove(member);
    }
  },
};
