import { setTimeout as sleep } from "node:timers/promises";
import type { Cluster, Member } from "./cluster";
import type { Direction, Disturbance } from "./database-proxy";
import type { Random } from "./random";

/** What can happen to an authority, to its way to the database, or to the database. */
export const FAULT_KINDS = [
  "kill",
  "pause",
  "pause bursts",
  "blocked event loop",
  "slow database link",
  "stalled database link",
  "one-way stall",
  "cut database link",
  "lost notifications",
  "late notifications",
  "database restart",
  "database kill",
  "join",
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** One fault, decided in every detail. */
export type Fault = {
  kind: FaultKind;
  /** When it begins, ms after the run did. */
  atMs: number;
  /** How long it lasts; how long the database is away, where it is restarted. */
  lastsMs: number;
  /** The nth authority; none where it is the database's, or a joining one's. */
  member: number | null;
  /** What is done to its way to the database. */
  disturbance: Disturbance | null;
};

/** Shortest and longest, ms. */
const LASTS: Record<FaultKind, [number, number]> = {
  kill: [1, 1_500],
  pause: [100, 10_000],
  "pause bursts": [500, 3_000],
  "blocked event loop": [50, 3_000],
  "slow database link": [1_000, 4_000],
  "stalled database link": [100, 5_000],
  "one-way stall": [100, 5_000],
  "cut database link": [1, 3_000],
  "lost notifications": [500, 4_000],
  "late notifications": [500, 4_000],
  "database restart": [1, 500],
  "database kill": [1, 500],
  join: [200, 3_000],
};

const BURST_MS: [number, number] = [10, 120];

/** True for what happens to the database, and so to everybody. */
export function isOfDatabase(kind: FaultKind): boolean {
  return kind === "database restart" || kind === "database kill";
}

/** Decides a fault of this kind. `longestMs` cuts what would last longer. */
export function planFault(
  random: Random,
  kind: FaultKind,
  plan: { atMs: number; member: number; longestMs: number },
): Fault {
  const [shortest, longest] = LASTS[kind];
  const lastsMs = Math.round(random.betweenLog(shortest, Math.max(shortest, Math.min(longest, plan.longestMs))));
  const member = isOfDatabase(kind) || kind === "join" ? null : plan.member;
  return { kind, atMs: plan.atMs, lastsMs, member, disturbance: planDisturbance(random, kind) };
}

function planDisturbance(random: Random, kind: FaultKind): Disturbance | null {
  // Where everything is disturbed no decision can be recorded, and so none is given: the lease alone is the harder case.
  const only = random.pick(["lease", "lease", "others", undefined] as const);
  const direction: Direction = random.pick(["to database", "from database"] as const);
  switch (kind) {
    case "slow database link":
      return { only, direction: random.chance(0.5) ? direction : undefined, delayMs: random.betweenLog(5, 1_200) };
    case "stalled database link":
      return { only, delayMs: Infinity };
    case "one-way stall":
      return { only, direction, delayMs: Infinity };
    case "lost notifications":
      return { notifications: true, delayMs: 0, lose: true };
    case "late notifications":
      return { notifications: true, delayMs: random.betweenLog(20, 1_500) };
    default:
      return null;
  }
}

/** Makes a fault happen, and ends it. Resolves when everything runs again. */
export async function happen(fault: Fault, cluster: Cluster, random: Random): Promise<void> {
  switch (fault.kind) {
    case "database restart":
      return cluster.restartDatabase("stop", fault.lastsMs);
    case "database kill":
      return cluster.restartDatabase("kill", fault.lastsMs);
    case "join":
      return join(fault, cluster, random);
    default: {
      const member = cluster.members[fault.member ?? 0];
      if (member) await hurt(fault, member, random);
    }
  }
}

async function hurt({ kind, lastsMs, disturbance }: Fault, member: Member, random: Random): Promise<void> {
  if (disturbance) return during(lastsMs, member.proxy.disturb(disturbance));
  switch (kind) {
    case "kill":
      await member.process.kill();
      await sleep(lastsMs);
      return startAgain(member);
    case "pause":
      member.process.pause();
      return during(lastsMs, () => member.process.resume());
    case "pause bursts":
      return bursts(lastsMs, member, random);
    case "blocked event loop":
      member.process.block(lastsMs);
      return sleep(lastsMs);
    case "cut database link":
      return during(lastsMs, member.proxy.cut());
    default:
      throw new Error(`${kind} is not done to one authority`);
  }
}

async function during(ms: number, end: () => void): Promise<void> {
  await sleep(ms);
  end();
}

async function bursts(lastsMs: number, member: Member, random: Random): Promise<void> {
  const endMs = performance.now() + lastsMs;
  while (performance.now() < endMs) {
    member.process.pause();
    await during(random.between(...BURST_MS), () => member.process.resume());
    await sleep(random.between(...BURST_MS));
  }
}

/** An authority starts without the database too; where it does not, it is started again, as a launcher would. */
async function startAgain(member: Member): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await member.process.start();
    } catch (error) {
      if (attempt === 5) throw error;
      await sleep(200);
    }
  }
}

async function join(fault: Fault, cluster: Cluster, random: Random): Promise<void> {
  const member = await cluster.add();
  try {
    await startAgain(member);
    await sleep(fault.lastsMs);
    if (random.chance(0.5)) await member.process.stop();
  } finally {
    await cluster.remove(member);
  }
}
