import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "../database";
import { Generator } from "../load/generator";
import type { Run } from "../load/messages";
import { usageOf } from "../machine/processes";
import { measure } from "../measure";
import type { Options } from "../options";
import { throughputChart } from "../report/chart";
import { markdownTable, textTable, type Table } from "../report/format";
import { goalsTable } from "../report/goals";
import { closedTable, openTable, warnings } from "../report/peers";
import type { Load, RunRecord } from "../report/record";
import { summarise, type Summary } from "../report/summary";
import type { Report, Stage } from "../scenario";
import type { Service } from "../service";
import { aimAt, startService, TARGETS, type ServiceName, type Target } from "../targets";

const CONNECTIONS = [32, 128];
/** Of open loops: enough that no call has to wait for one while the server keeps up. */
const OPEN_CONNECTIONS = 128;
const WARM_UP_MS = 1_000;
const IDLE_MS = 5_000;
/** Above this share of its capacity an open loop measures the queue, not the target. */
const MOST_OF_CAPACITY = 0.9;

type IdleLoad = Record<string, number>;

/** The targets that were asked for. */
function wantedTargets({ only }: Options): readonly Target[] {
  return only.length === 0 ? TARGETS : TARGETS.filter(({ id }) => only.includes(id));
}

/** The open loops of a target that answers `capacity` calls a second when it is pushed. */
export function openLoads(capacity: number, { shares, rates }: Pick<Options, "shares" | "rates">): Load[] {
  const load = (id: string, ratePerSecond: number): Load => ({
    id,
    kind: "open",
    connections: OPEN_CONNECTIONS,
    ratePerSecond,
  });
  const relative = shares.map((share) =>
    load(`open-${Math.round(share * 100)}%`, Math.max(1, Math.round(capacity * share))),
  );
  const absolute = rates
    .filter((rate) => rate <= capacity * MOST_OF_CAPACITY)
    .map((rate) => load(`open-${rate}/s`, rate));
  return [...relative, ...absolute];
}

/** The targets of a round: all of them, each time beginning with another one, so that none is always first. */
export function rotated<T>(all: readonly T[], round: number): T[] {
  const from = round % Math.max(1, all.length);
  return [...all.slice(from), ...all.slice(0, from)];
}

/** Measures one target under every load; its open loops follow what it could do in the first round. */
class Visitor {
  readonly #generator = Generator.start();
  readonly #capacities = new Map<string, number>();
  readonly records: RunRecord[] = [];

  constructor(readonly stage: Stage) {}

  async visit(target: Target, service: Service, round: number): Promise<void> {
    await this.#generator.aim(aimAt(target, service));
    for (const connections of CONNECTIONS) {
      const load: Load = { id: `closed-${connections}`, kind: "closed", connections };
      const perSecond = await this.#fire(target, service, round, load);
      if (round === 0) this.#capacities.set(target.id, Math.max(perSecond, this.#capacities.get(target.id) ?? 0));
    }
    for (const load of openLoads(this.#capacities.get(target.id) ?? 1, this.stage.options))
      await this.#fire(target, service, round, load);
  }

  /** Returns the good answers a second. */
  async #fire(target: Target, service: Service, round: number, load: Load): Promise<number> {
    const { database, options, say } = this.stage;
    const { kind, ratePerSecond } = load;
    const connections = Math.ceil(load.connections * (target.connections ?? 1));
    // What the first calls compile and load is not what a running service does.
    const warmUpMs = round === 0 && kind === "closed" ? 3 * WARM_UP_MS : WARM_UP_MS;
    const run: Run = { kind, connections, ratePerSecond, warmUpMs, durationMs: options.seconds * 1000 };
    const measured = await measure({ generator: this.#generator, database, service, run });
    this.records.push({ target: target.id, round, load, measured });
    const { perSecond, errors } = measured.result;
    const wrong = Object.keys(errors).length > 0 ? `  errors: ${JSON.stringify(errors)}` : "";
    say(`  ${target.id.padEnd(22)} ${load.id.padEnd(12)} ${perSecond.toFixed(0).padStart(7)} calls/s${wrong}`);
    return perSecond;
  }

  stop(): void {
    this.#generator.stop();
  }
}

/** Starts what the targets need, one after another. */
async function startAll(targets: readonly Target[], stage: Stage, into: Map<ServiceName, Service>): Promise<void> {
  const { database, folder, options, say } = stage;
  for (const name of new Set(targets.map(({ service }) => service))) {
    say(`starting ${name} with ${options.tokens} tokens`);
    into.set(name, await startService(name, { database, folder, tokenCount: options.tokens }));
  }
}

/** What the programs and the database use while nobody calls, as shares of a core: it lies beneath every measurement. */
async function idleLoad(services: ReadonlyMap<ServiceName, Service>, database: Database): Promise<IdleLoad> {
  const names = [...services.keys(), "PostgreSQL"];
  const roots = [...[...services.values()].map(({ pid }) => pid), database.pid];
  await sleep(IDLE_MS);
  const before = usageOf(roots);
  await sleep(IDLE_MS);
  const after = usageOf(roots);
  const share = (nth: number) => ((after[nth]?.cpuSeconds ?? 0) - (before[nth]?.cpuSeconds ?? 0)) / (IDLE_MS / 1000);
  return Object.fromEntries(names.map((name, nth) => [name, share(nth)]));
}

/** The measuring itself: everything runs all the time, and is called in turns. */
async function measureAll(stage: Stage, targets: readonly Target[]): Promise<{ records: RunRecord[]; idle: IdleLoad }> {
  const services = new Map<ServiceName, Service>();
  const visitor = new Visitor(stage);
  try {
    await startAll(targets, stage, services);
    const idle = await idleLoad(services, stage.database);
    for (let round = 0; round < stage.options.rounds; round++) {
      stage.say(`round ${round + 1} of ${stage.options.rounds}`);
      for (const target of rotated(targets, round))
        await visitor.visit(target, services.get(target.service) as Service, round);
    }
    return { records: visitor.records, idle };
  } finally {
    visitor.stop();
    await Promise.all([...services.values()].map((service) => service.stop()));
  }
}

/** The parts of the report, each with its heading. */
function parts(targets: readonly Target[], summaries: readonly Summary[], stage: Stage): [string, Table][] {
  const goals = goalsTable(summaries, stage.findings);
  const all: [string, Table][] = [
    ["Goals", goals],
    ...CONNECTIONS.map((connections): [string, Table] => [
      `${connections} connections, each asks again as soon as it was answered`,
      closedTable(targets, summaries, `closed-${connections}`),
    ]),
    ["Calls at a fixed rate, latency from when each was meant to leave", openTable(targets, summaries)],
  ];
  return all.filter(([, { rows }]) => rows.length > 0);
}

/**
 * Gatehouse beside its peers: all on one machine and one database server, measured in turns, round after round, so that
 * whatever else the machine does meets each of them.
 */
export async function peers(stage: Stage): Promise<Report> {
  const targets = wantedTargets(stage.options);
  const { records, idle } = await measureAll(stage, targets);
  const summaries = summarise(targets, records);
  const chart = throughputChart(targets, summaries, "closed-128");
  const tables = parts(targets, summaries, stage);
  const busy = Object.values(idle).reduce((sum, share) => sum + share, 0);
  const idleNote = `While nobody called, all programs and the database together used ${Math.round(busy * 100)} % of one core.`;
  const wrong = warnings(summaries);
  const list = targets.map(({ title, does }) => `- **${title}**: ${does}`);
  const { rounds, seconds, tokens } = stage.options;
  return {
    text: [...tables.map(([heading, table]) => `${heading}\n\n${textTable(table)}`), idleNote, ...wrong].join("\n\n"),
    markdown: [
      "## Gatehouse beside its peers",
      `One run of ${rounds} rounds, ${seconds} s for each figure of a round; ${tokens.toLocaleString("en-US")} live tokens, chosen by Zipf's law. The load generator shares the machine. Ratios are to the echo of the same round, the median of the rounds; percentiles are of all rounds together. ${idleNote}`,
      ...(chart ? ["![Decisions per second of Gatehouse and its peers](measurements/peers.svg)"] : []),
      list.join("\n"),
      ...tables.map(([heading, table]) => `### ${heading}\n\n${markdownTable(table)}`),
      ...wrong.map((line) => `- ${line}`),
    ].join("\n\n"),
    data: { targets: targets.map(({ id, title, does }) => ({ id, title, does })), summaries, idle },
    records,
    charts: chart ? { "peers.svg": chart } : {},
  };
}
