import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "@/server/database/embedded";
import { Generator } from "../load/generator";
import { merged } from "../load/histogram";
import { settle } from "../measure";
import type { Aim, Run, RunResult } from "../load/messages";
import { template } from "../load/request";
import { childOf, usageOf } from "../machine/processes";
import { figure, markdownTable, textTable, type Table } from "../report/format";
import type { Report, Stage } from "../scenario";
import { fillForGatehouse, type FilledGatehouse, type Service } from "../service";
import { aimAt, TARGETS, type Target } from "../targets";

/** Tokens that are presented again and again: these a cache may answer. */
const HOT = 5_000;
const STEADY = { kind: "open", connections: 64, ratePerSecond: 500 } as const;
const WARM_UP_MS = 1_000;
/** How much longer than a usual run all the tokens are presented, to fill whatever can be filled. */
const SWEEP = 10;

const targetOf = (id: string) => TARGETS.find((target) => target.id === id) as Target;
const ms = (result: RunResult, share: number) => merged([result.latency]).percentile(share) / 1000;

/** Asks until the first token is allowed; returns when that was, ms of the monotonic clock. */
async function firstAnswer(port: number, aim: Aim, token: string): Promise<number> {
  const { bytes, slots } = template(aim.call, token.length);
  for (const slot of slots) bytes.write(token, slot, "latin1");
  const body = bytes.toString("utf8", bytes.indexOf("\r\n\r\n") + 4);
  for (;;) {
    const text = await fetch(`http://127.0.0.1:${port}${aim.call.path}`, {
      method: aim.call.method,
      headers: aim.call.headers,
      body,
    }).then(
      (response) => response.text(),
      () => "",
    );
    if (text.includes(aim.expect.text)) return performance.now();
    await sleep(10);
  }
}

/** Stops it and starts it again on the database that is there; how long until the first token is allowed, s. */
async function coldStart(gatehouse: FilledGatehouse, before: Service): Promise<{ service: Service; seconds: number }> {
  const aim = aimAt(targetOf("gatehouse-durable"), before);
  const token = readFileSync(before.tokens.file).toString("latin1", 0, before.tokens.length);
  await before.stop();
  const port = await freePort();
  const startedAt = performance.now();
  const [service, answeredAt] = await Promise.all([gatehouse.start("durable", port), firstAnswer(port, aim, token)]);
  return { service, seconds: (answeredAt - startedAt) / 1000 };
}

/** The aims of the scenario: tokens that were just used, tokens never used before, and all of them as fast as possible. */
function aims(service: Service, folder: string): { hot: Aim; fresh: Aim; all: Aim } {
  const { file, length } = service.tokens;
  const tokens = readFileSync(file);
  const half = Math.floor(tokens.length / length / 2) * length;
  const cut = (name: string, from: number, to: number) => {
    const cutFile = join(folder, `million-${name}.tokens`);
    writeFileSync(cutFile, tokens.subarray(from, to), { mode: 0o600 });
    return cutFile;
  };
  const one = aimAt(targetOf("gatehouse-durable"), service);
  return {
    hot: { ...one, tokens: { file: cut("hot", 0, HOT * length), length, choice: "zipf" } },
    fresh: { ...one, tokens: { file: cut("fresh", HOT * length, half), length, choice: "sequential" } },
    all: {
      ...aimAt(targetOf("gatehouse-batch"), service),
      tokens: { file: cut("rest", half, tokens.length), length, choice: "sequential" },
    },
  };
}

type Seen = { hit: RunResult; miss: RunResult; sweep: RunResult; authorityMiB: number; allMiB: number };

async function observe(stage: Stage, service: Service): Promise<Seen> {
  const { database } = stage;
  const durationMs = stage.options.seconds * 1000;
  const generator = Generator.start();
  const { hot, fresh, all } = aims(service, stage.folder);
  const fire = async (aim: Aim, run: Omit<Run, "warmUpMs">, warmUpMs = WARM_UP_MS) => {
    await settle(database, service);
    await generator.aim(aim);
    return generator.run({ ...run, warmUpMs });
  };
  try {
    stage.say("presenting few tokens often");
    await fire(hot, { kind: "closed", connections: 32, durationMs });
    const hit = await fire(hot, { ...STEADY, durationMs });
    stage.say("presenting each token once");
    // No warm-up: it would begin with the same tokens as what is counted.
    const miss = await fire(fresh, { ...STEADY, durationMs }, 0);
    stage.say("presenting as many different tokens as possible");
    const sweep = await fire(all, { kind: "closed", connections: 8, durationMs: durationMs * SWEEP }, 0);
    const [authority, everything] = usageOf([childOf(service.pid, "authority.mjs"), service.pid]);
    const mib = (bytes = 0) => bytes / 2 ** 20;
    return { hit, miss, sweep, authorityMiB: mib(authority?.rssBytes), allMiB: mib(everything?.rssBytes) };
  } finally {
    generator.stop();
  }
}

/** Gatehouse with a million live tokens: what a look-up costs that no cache can answer, memory, and the start. */
export async function million(stage: Stage): Promise<Report> {
  const { database, folder, options, findings, say } = stage;
  const tokenCount = options.million;
  say(`filling a database with ${tokenCount} tokens`);
  const filledFrom = performance.now();
  const gatehouse = await fillForGatehouse({ name: "million", database, folder, tokenCount });
  const fillSeconds = (performance.now() - filledFrom) / 1000;
  say("starting twice");
  let service = await gatehouse.start();
  let seen: Seen;
  let startSeconds: number;
  try {
    ({ service, seconds: startSeconds } = await coldStart(gatehouse, service));
    seen = await observe(stage, service);
  } finally {
    await service.stop();
  }
  const { hit, miss, sweep, authorityMiB, allMiB } = seen;
  findings.million = {
    tokens: tokenCount,
    missP99: ms(miss, 0.99),
    hitP99: ms(hit, 0.99),
    rssMiB: authorityMiB,
    coldStartSeconds: startSeconds,
  };
  const errors = (result: RunResult) => String(Object.values(result.errors).reduce((a, b) => a + b, 0));
  const perSecond = (result: RunResult, decisions: number) => `${figure(result.perSecond * decisions)} decisions/s`;
  // The sequence begins anew where there is time for more than all of them.
  const different = Math.min(sweep.answered * 100, Math.ceil(tokenCount / 2));
  const swept = `${different.toLocaleString("en-US")} different tokens`;
  const row = (what: string, result: RunResult, how: string) => [
    what,
    how,
    figure(ms(result, 0.5)),
    figure(ms(result, 0.99)),
    figure(ms(result, 0.999)),
    errors(result),
  ];
  const table: Table = {
    head: ["Calls", "how", "p50 ms", "p99 ms", "p99.9 ms", "errors"],
    rows: [
      row(`${HOT.toLocaleString("en-US")} tokens, often`, hit, `${STEADY.ratePerSecond}/s, fixed`),
      row("each token for the first time", miss, `${STEADY.ratePerSecond}/s, fixed`),
      row(`${swept}, in batches of 100`, sweep, perSecond(sweep, 100)),
    ],
  };
  const facts = [
    `Start on the existing database, to the first allowed call: ${figure(startSeconds)} s.`,
    `Memory after all that: authority ${figure(authorityMiB)} MiB, all processes ${figure(allMiB)} MiB.`,
    `Filling the database took ${figure(fillSeconds)} s.`,
  ];
  const heading = `${tokenCount.toLocaleString("en-US")} live tokens`;
  return {
    text: [heading, textTable(table), facts.join("\n")].join("\n\n"),
    markdown: [`## ${heading}`, markdownTable(table), facts.map((fact) => `- ${fact}`).join("\n")].join("\n\n"),
    data: { table, findings: findings.million, fillSeconds, allMiB },
    records: { hit, miss, sweep },
    charts: {},
  };
}
