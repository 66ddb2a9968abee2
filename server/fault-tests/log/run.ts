import { setTimeout as sleep } from "node:timers/promises";
import type { Member, TestToken } from "../cluster";
import { Random } from "../random";
import type { Lane, LogFault } from "./schedule";
import type { LogScene } from "./scene";

export type LogRunOptions = {
  seed: string;
  seconds: number;
  /** Callers of each authority that ask without end, and how long each rests after an answer, ms. */
  callers: number;
  pauseMs: number;
  /** The bundle that keepers run. */
  script?: string;
};

export type HappenedLogFault = LogFault & { tookMs: number };

const TOKENS = 12;
/** The part of the calls that ask about so many tokens at once. */
const BATCHES = 0.3;
const BATCH = 8;
const CHANGE_PAUSE_MS = 60;
/** Nobody asks at once again where no answer came, ms. */
const PATIENCE_MS = 100;
/** The part of the batches that a receiver does not take, and the longest that it thinks about one, ms. */
const FAILS = 0.02;
const THINKS_MS = 40;

/** One run over a scene: loads the log and hurts its processes as planned, until the time is over. Judging is the scene's. */
export class LogRun {
  readonly happened: HappenedLogFault[] = [];
  changes = 0;
  decisions = 0;
  readonly #scene: LogScene;
  readonly #schedule: Record<Lane, LogFault[]>;
  readonly #options: LogRunOptions;
  #running = true;
  #failure: unknown = null;

  constructor(scene: LogScene, schedule: Record<Lane, LogFault[]>, options: LogRunOptions) {
    this.#scene = scene;
    this.#schedule = schedule;
    this.#options = options;
    const random = new Random(`${options.seed} receiver`);
    scene.manners = async () => {
      const fails = random.chance(FAILS);
      await sleep(random.next() * THINKS_MS);
      return fails ? "fail" : "take";
    };
  }

  /** To the end, with everything running again. Throws where a part of the test itself failed. */
  async go(): Promise<void> {
    const { cluster } = this.#scene;
    await this.#scene.addKeeper(this.#options.script);
    const tokens = await cluster.mint(Array.from({ length: TOKENS }, () => "token"));
    await this.#scene.settle(); // the first key is made, the first checkpoint signed
    const startMs = performance.now();
    const guarded = (work: Promise<unknown>) => work.catch((error: unknown) => (this.#failure ??= error));
    const load = [
      ...cluster.members.flatMap((member) =>
        Array.from({ length: this.#options.callers }, (_, nth) => guarded(this.#ask(member, tokens, nth))),
      ),
      guarded(this.#change()),
    ];
    const lanes = Object.values(this.#schedule).map((faults) => guarded(this.#hurt(faults, startMs)));
    await Promise.all([sleep(this.#options.seconds * 1000), ...lanes]);
    this.#running = false;
    await Promise.all(load);
    await this.#scene.stumbling.end();
    if (this.#failure !== null) throw this.#failure;
  }

  async #ask(member: Member, tokens: readonly TestToken[], nth: number): Promise<void> {
    const random = new Random(`${this.#options.seed} ${member.name} ${nth}`);
    while (this.#running && this.#failure === null) {
      const asked = Array.from({ length: random.chance(BATCHES) ? BATCH : 1 }, () => random.pick(tokens).secret);
      const [first = ""] = asked;
      const answers = asked.length > 1 ? await member.calls.validateAll(asked) : [await member.calls.validate(first)];
      const failed = answers.some(({ outcome }) => outcome === "failed");
      if (!failed) this.decisions += answers.length;
      await sleep(failed ? PATIENCE_MS : this.#options.pauseMs);
    }
  }

  async #change(): Promise<void> {
    while (this.#running && this.#failure === null) {
      const done = await this.#scene.change();
      if (done) this.changes += 1;
      await sleep(done ? CHANGE_PAUSE_MS : PATIENCE_MS);
    }
  }

  async #hurt(faults: readonly LogFault[], startMs: number): Promise<void> {
    for (const fault of faults) {
      await sleep(Math.max(0, startMs + fault.atMs - performance.now()));
      if (this.#failure !== null || performance.now() - startMs > this.#options.seconds * 1000) return;
      const beganMs = performance.now();
      await this.#happen(fault);
      this.happened.push({ ...fault, tookMs: Math.round(performance.now() - beganMs) });
    }
  }

  async #happen({ kind, lastsMs, which }: LogFault): Promise<void> {
    const scene = this.#scene;
    switch (kind) {
      case "keeper kill":
        return scene.disrupt(kind, async () => {
          for (const keeper of [...scene.keepers]) await scene.killKeeper(keeper);
          await sleep(lastsMs);
          await scene.addKeeper(this.#options.script);
        });
      case "second keeper":
        return this.#secondKeeper(lastsMs, which);
      case "authority kill": {
        const member = scene.cluster.members[Math.floor(which * scene.cluster.members.length)];
        await member?.process.kill();
        await sleep(lastsMs);
        return member?.process.start();
      }
      case "database crash":
        return scene.endDatabase("crash", lastsMs);
      case "slow commits":
      case "refused commits":
        await scene.stumbling.set({ refuse: kind === "refused commits", delayMs: Math.round(which * 400) });
        await sleep(lastsMs);
        return scene.stumbling.end();
    }
  }

  /** A second one asks for the locks; then one of the two is killed, and the other must go on alone. */
  async #secondKeeper(lastsMs: number, which: number): Promise<void> {
    const scene = this.#scene;
    await scene.addKeeper(this.#options.script);
    await sleep(lastsMs);
    const [first, second] = scene.keepers;
    const killed = which < 0.6 ? first : second;
    if (killed) await scene.disrupt("second keeper", () => scene.killKeeper(killed));
  }
}
