import { createHash } from "node:crypto";
import { join } from "node:path";
import { updateAgent } from "@/lib/agent/update";
import { db } from "@/lib/db";
import { parseCheckpoint } from "@/lib/audit/tree/checkpoint";
import { systemCtx } from "@/lib/testing/ctx";
import { makeAgent, makePerson } from "@/lib/testing/make";
import { TestReceiver, type Got } from "@/lib/testing/receiver";
import { makeSink, wakeSink } from "@/lib/testing/sinks";
import { recordAlone } from "@/lib/verb";
import { setTimeout as sleep } from "node:timers/promises";
import { makeDataDir, until } from "../../process-tests/gatehouse";
import type { Answered } from "../calls";
import type { Cluster, HowToEnd } from "../cluster";
import type { ProductProcess } from "../product-process";
import { judgeDeliveries, type DeliveriesJudged, type Delivery } from "./deliveries";
import { judgeAtRest } from "./judge";
import { BUILT_KEEPER, keeperProcess } from "./keeper-process";
import { Stumbling } from "./stumble";
import type { Disruption, LogViolation } from "./violation";
import { Witness } from "./witness";

/** What a receiver does with a batch; default: it takes it. */
export type Manners = (got: Got) => Promise<"take" | "fail" | "say nothing">;

type Sink = { id: string; path: string; from: number; deliveries: Delivery[] };
type Made = { cluster: Cluster; witness: Witness; receiver: TestReceiver; agentId: string; anchors: readonly string[] };
type Payload = { data: { entries: { index?: number }[] } };

/** How long all may take to catch up when nothing is hurt any more, ms. */
const SETTLE_MS = 60_000;

/** A log with keepers, places that it is shipped to, anchors, and a witness outside of all. */
export class LogScene {
  readonly cluster: Cluster;
  readonly witness: Witness;
  readonly stumbling: Stumbling;
  readonly keepers: ProductProcess[] = [];
  readonly sinks: Sink[] = [];
  readonly disruptions: Disruption[] = [];
  /** Entries that each answered request must have. */
  readonly answered = new Map<string, number>();
  readonly noteAnswer: Answered = (requestId, entries) => void this.answered.set(requestId, entries);
  manners: Manners = () => Promise.resolve("take");
  readonly #made: Made;

  private constructor(made: Made) {
    this.#made = made;
    this.cluster = made.cluster;
    this.witness = made.witness;
    this.stumbling = new Stumbling(made.witness);
  }

  /** On a database that has no keeper yet. @param sinks to how many places the log is shipped */
  static async begin(cluster: Cluster, sinks: number): Promise<LogScene> {
    const folder = makeDataDir();
    const anchors = [join(folder, "checkpoints.log"), `${join(folder, "checkpoints")}/`];
    const witness = new Witness(cluster.databaseUrl, anchors);
    const { id: agentId } = await makeAgent((await makePerson()).id);
    const scene = new LogScene({ cluster, witness, receiver: await TestReceiver.begin(), agentId, anchors });
    scene.#made.receiver.says = (got) => scene.#take(got);
    await scene.stumbling.install();
    for (let nth = 0; nth < sinks; nth++) await scene.#addSink(`/${nth}`);
    await scene.write(1); // so that there is something to be signed, and to settle
    witness.begin();
    return scene;
  }

  async #addSink(path: string): Promise<void> {
    const { id, cursor } = await makeSink("webhook", { url: this.#made.receiver.url + path });
    this.sinks.push({ id, path, from: cursor, deliveries: [] });
  }

  async #take(got: Got): Promise<{ status: number } | null> {
    const delivery = this.#deliveryOf(got);
    const does = await this.manners(got);
    if (delivery) delivery.taken = does === "take";
    if (does === "say nothing") return null;
    return { status: does === "take" ? 200 : 503 };
  }

  /** Notes a batch as it comes; null where it is none of the log's entries. */
  #deliveryOf(got: Got): Delivery | null {
    const indices = (JSON.parse(got.body.toString()) as Payload).data.entries.flatMap(({ index }) => index ?? []);
    const [first] = indices;
    const sink = this.sinks.find(({ path }) => path === got.path);
    if (first === undefined || !sink) return null;
    const end = first + indices.length;
    if (indices.some((index, nth) => index !== first + nth))
      this.witness.violations.push({ kind: "sink_gap", what: `within a batch: ${indices.join()}` });
    const content = createHash("sha256").update(got.body).digest("hex");
    const delivery = { id: String(got.headers["webhook-id"]), first, end, content, gotMs: performance.now(), taken: false }; // prettier-ignore
    sink.deliveries.push(delivery);
    return delivery;
  }

  /** Starts another keeper. */
  async addKeeper(script = BUILT_KEEPER): Promise<ProductProcess> {
    const { cluster, anchors } = this.#made;
    const keeper = keeperProcess({ script, databaseUrl: cluster.databaseUrl, anchors });
    this.keepers.push(keeper);
    await keeper.start();
    return keeper;
  }

  /** Ends a keeper for good, by SIGKILL. */
  async killKeeper(keeper: ProductProcess): Promise<void> {
    this.keepers.splice(this.keepers.indexOf(keeper), 1);
    await keeper.kill();
  }

  /** Something during which processes are ended: what they had under way may come again. */
  async disrupt(kind: string, work: () => Promise<void>): Promise<void> {
    // It counts from its begin, also while it lasts.
    const disruption = { kind, atMs: performance.now(), healedMs: Infinity };
    this.disruptions.push(disruption);
    await work();
    disruption.healedMs = performance.now();
  }

  endDatabase(how: HowToEnd, downMs: number): Promise<void> {
    return this.disrupt(`database ${how}`, () => this.cluster.restartDatabase(how, downMs));
  }

  /** Adds entries, in one commit. */
  async write(count: number): Promise<void> {
    const ctx = systemCtx();
    const entry = { action: "overview.read", outcome: "success" } as const;
    await recordAlone(ctx, Array.from({ length: count }, () => entry)); // prettier-ignore
    this.noteAnswer(ctx.requestId, count);
  }

  /** Changes something, as the console does; false where that was not answered. */
  async change(): Promise<boolean> {
    const ctx = systemCtx();
    const name = `Agent ${ctx.requestId}`;
    const done = updateAgent(ctx, { agentId: this.#made.agentId, name });
    const isDone = await done.then(
      () => true,
      () => false,
    );
    if (isDone) this.noteAnswer(ctx.requestId, 1);
    return isDone;
  }

  /** Waits until all that is committed now is signed and shipped. False where that does not come to be, or something is wrong already. */
  async settle(limitMs = SETTLE_MS): Promise<boolean> {
    await this.stumbling.end();
    const endMs = performance.now() + limitMs;
    const head = Number((await db().auditHead.findUniqueOrThrow({ where: { id: 1 } })).next);
    while (!(await this.#reached(head))) {
      if (performance.now() > endMs || this.witness.violations.length > 0) return false;
      await Promise.all(this.sinks.map(({ id }) => wakeSink(id)));
      await sleep(100);
    }
    // The witness has seen it too.
    await until(() => (this.witness.samples.at(-1)?.signed ?? 0) >= head || this.witness.violations.length > 0);
    return true;
  }

  async #reached(head: number): Promise<boolean> {
    const { _max } = await db().auditCheckpoint.aggregate({ _max: { size: true } });
    const cursors = await db().auditSink.findMany({ select: { cursor: true } });
    return [Number(_max.size ?? 0), ...cursors.map(({ cursor }) => Number(cursor))].every((at) => at >= head);
  }

  /** Settles, and judges everything. */
  async judge(limitMs = SETTLE_MS): Promise<{ violations: LogViolation[]; sinks: DeliveriesJudged[] }> {
    const settled = await this.settle(limitMs);
    const behind: LogViolation[] = settled
      ? []
      : [{ kind: "behind", what: (await this.#faults()) || "no job says why" }];
    // Whatever is still under way was settled before: up to here everything must have come.
    const to = settled ? Math.min(...(await db().auditSink.findMany()).map(({ cursor }) => Number(cursor))) : 0;
    const sinks = this.sinks.map(({ deliveries, from }) => judgeDeliveries(deliveries, { from, to }, this.disruptions));
    const unanchored = settled ? await this.#stopInOrder() : [];
    const atRest = await judgeAtRest(this.witness, this.answered);
    const shipped = sinks.flatMap((sink) => sink.violations);
    return { violations: [...this.witness.violations, ...behind, ...shipped, ...unanchored, ...atRest], sinks };
  }

  /** Who stops in order leaves every anchor with the newest checkpoint. */
  async #stopInOrder(): Promise<LogViolation[]> {
    await until(async () => (await this.#faults()) === "");
    const anchoring = this.keepers.length > 0;
    await Promise.all(this.keepers.splice(0).map((keeper) => keeper.stop()));
    const signed = this.witness.samples.at(-1)?.signed ?? 0;
    const sizes = (await this.witness.notes()).map((notes) => parseCheckpoint(notes.at(-1) ?? "")?.size ?? 0);
    return sizes
      .filter((size) => anchoring && size < signed)
      .map((size) => ({ kind: "not_anchored", what: `${signed} are signed, an anchor has ${size}` }));
  }

  async #faults(): Promise<string> {
    const jobs = await db().keeperJob.findMany({ where: { fault: { not: null } } });
    return jobs.map(({ name, fault }) => `${name}: ${fault}`).join("; ");
  }

  async end(): Promise<void> {
    await Promise.all([...this.keepers].map((keeper) => this.killKeeper(keeper)));
    await this.witness.end();
    await this.#made.receiver.end();
  }
}
