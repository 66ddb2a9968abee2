import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { makeCredential } from "@/lib/token/format";
import { Generator } from "../load/generator";
import { merged } from "../load/histogram";
import type { Intrusion } from "../load/intruder";
import type { Aim, Run, RunResult } from "../load/messages";
import { figure, markdownTable, textTable, type Table } from "../report/format";
import { median } from "../report/summary";
import type { Report, Stage } from "../scenario";
import { fillForGatehouse, type Service } from "../service";
import { aimAt, TARGETS, type Target } from "../targets";

/** The tokens that the paying caller presents; all the others are new to the server when the flood brings them. */
const FAMILIAR = 1_000;
const TOKENS = 200_000;
const INVENTED = 100_000;
const PAYER = { kind: "open", connections: 32, ratePerSecond: 200 } as const;
const FLOOD = { kind: "closed", connections: 64 } as const;
const SLOW_CLIENTS = 500;
const IDLE_CONNECTIONS = 10_000;
const WARM_UP_MS = 2_000;

/** What goes on beside the paying caller. */
type Trouble = {
  id: string;
  title: string;
  /** Begins it; what it returns ends it and says how much there was of it. */
  begin: (durationMs: number) => Promise<() => Promise<string>>;
};

type Seen = { trouble: string; round: number; result: RunResult; amount: string };

function sliceTo(folder: string, name: string, tokens: Buffer): string {
  const file = join(folder, name);
  writeFileSync(file, tokens, { mode: 0o600 });
  return file;
}

/** A flood of calls, as many as the server takes. */
function flooding(aim: Aim): Trouble["begin"] {
  return async (durationMs) => {
    const generator = Generator.start();
    await generator.aim(aim);
    const running = generator.run({ ...FLOOD, warmUpMs: 0, durationMs });
    running.catch(() => undefined);
    return async () => {
      const { perSecond, errors } = await running;
      generator.stop();
      const refused = Object.entries(errors).map(([kind, count]) => `, ${count} × ${kind}`);
      return `${figure(perSecond)} calls/s${refused.join("")}`;
    };
  };
}

/** Connections that take up room and ask nothing. */
function intruding(intrusion: Intrusion): Trouble["begin"] {
  return async () => {
    const child = fork(fileURLToPath(new URL("intruder.mjs", import.meta.url)), { execArgv: [] });
    child.send(intrusion);
    const count = async () => {
      child.send("count");
      const [open] = (await once(child, "message")) as [number];
      return open;
    };
    const deadline = Date.now() + 20_000;
    while ((await count()) < intrusion.connections * 0.95 && Date.now() < deadline) await sleep(200);
    return async () => {
      const open = await count();
      child.disconnect();
      return `${open} connections`;
    };
  };
}

/** The troubles, in the order in which each round meets them. */
function troubles(target: Target, service: Service, folder: string): Trouble[] {
  const { file, length } = service.tokens;
  const all = readFileSync(file);
  const aim = aimAt(target, service);
  const invented = Buffer.from(Array.from({ length: INVENTED }, () => makeCredential("ro")).join(""));
  const tokens = (name: string, bytes: Buffer) =>
    ({ file: sliceTo(folder, name, bytes), length, choice: "sequential" }) as const;
  const denied = { text: '"decision":"deny"', times: 1 };
  return [
    { id: "quiet", title: "nothing else", begin: () => Promise.resolve(() => Promise.resolve("–")) },
    {
      id: "invented",
      title: "invented, well-formed tokens",
      begin: flooding({ ...aim, tokens: tokens("invented.tokens", invented), expect: denied }),
    },
    {
      id: "new",
      title: "live tokens, each for the first time",
      begin: flooding({ ...aim, tokens: tokens("new.tokens", all.subarray(FAMILIAR * length)) }),
    },
    {
      id: "slow",
      title: "clients that never finish a header",
      begin: intruding({ port: service.port, kind: "slow", connections: SLOW_CLIENTS }),
    },
    {
      id: "idle",
      title: "connections that say nothing",
      begin: intruding({ port: service.port, kind: "idle", connections: IDLE_CONNECTIONS }),
    },
  ];
}

async function meet(trouble: Trouble, payer: Generator, seconds: number): Promise<[RunResult, string]> {
  const run: Run = { ...PAYER, warmUpMs: WARM_UP_MS, durationMs: seconds * 1000 };
  const end = await trouble.begin(run.warmUpMs + run.durationMs);
  const result = await payer.run(run);
  return [result, await end()];
}

function tableOf(all: readonly Trouble[], seen: readonly Seen[]): Table {
  const p99 = (result: RunResult) => merged([result.latency]).percentile(0.99);
  const quiet = (round: number) => seen.find((one) => one.trouble === "quiet" && one.round === round);
  return {
    head: ["Beside it", "how much of it", "p50 ms", "p99 ms", "p99.9 ms", "p99 to quiet", "errors"],
    rows: all.map(({ id, title }) => {
      const own = seen.filter(({ trouble }) => trouble === id);
      const latency = merged(own.map(({ result }) => result.latency));
      const ratios = own.flatMap(({ round, result }) => {
        const base = quiet(round);
        return base ? [p99(result) / p99(base.result)] : [];
      });
      const errors = own.reduce((sum, { result }) => sum + Object.values(result.errors).reduce((a, b) => a + b, 0), 0);
      const ms = (share: number) => figure(latency.percentile(share) / 1000);
      return [
        title,
        own[0]?.amount ?? "–",
        ms(0.5),
        ms(0.99),
        ms(0.999),
        `${figure(median(ratios))} ×`,
        String(errors),
      ];
    }),
  };
}

/**
 * What a caller with good tokens feels while others misbehave: a steady 200 calls a second, alone and then beside each
 * trouble, round after round.
 */
export async function flood(stage: Stage): Promise<Report> {
  const { database, folder, options, say } = stage;
  const target = TARGETS.find(({ id }) => id === "gatehouse-durable") as Target;
  say(`filling a database with ${TOKENS} tokens`);
  const gatehouse = await fillForGatehouse({ name: "flood", database, folder, tokenCount: TOKENS });
  const service = await gatehouse.start();
  const payer = Generator.start();
  const seen: Seen[] = [];
  try {
    const familiar = readFileSync(service.tokens.file).subarray(0, FAMILIAR * service.tokens.length);
    const file = sliceTo(folder, "familiar.tokens", familiar);
    await payer.aim({ ...aimAt(target, service), tokens: { ...service.tokens, file, choice: "zipf" } });
    say("warming up");
    await payer.run({ kind: "closed", connections: 32, warmUpMs: 0, durationMs: 3 * WARM_UP_MS });
    const all = troubles(target, service, folder);
    for (let round = 0; round < options.rounds; round++)
      for (const trouble of all) {
        const [result, amount] = await meet(trouble, payer, options.seconds);
        seen.push({ trouble: trouble.id, round, result, amount });
        say(
          `  round ${round + 1}: ${trouble.id.padEnd(10)} p99 ${figure(merged([result.latency]).percentile(0.99) / 1000)} ms`,
        );
        await sleep(1_000); // what it left behind is not the next one's
      }
    const table = tableOf(all, seen);
    const heading = "A caller with good tokens, while others misbehave";
    return {
      text: `${heading}\n\n${textTable(table)}`,
      markdown: `## ${heading}\n\n${PAYER.ratePerSecond} calls a second at a fixed rate, latency from when each was meant to leave, ${options.rounds} rounds of ${options.seconds} s. The floods use the key of the same MCP server and come from the same machine, so that they take their share of its processors as well.\n\n${markdownTable(table)}`,
      data: { table },
      records: seen,
      charts: {},
    };
  } finally {
    payer.stop();
    await service.stop();
  }
}
