import { Random } from "../random";

/** What can happen to the log's processes. Each lane has one fault at a time; lanes run side by side. */
export const LOG_FAULTS = {
  keeper: ["keeper kill", "second keeper"],
  authority: ["authority kill"],
  database: ["database crash"],
  commits: ["slow commits", "refused commits"],
} as const;

export type Lane = keyof typeof LOG_FAULTS;
export type LogFaultKind = (typeof LOG_FAULTS)[Lane][number];
export const LOG_FAULT_KINDS: readonly LogFaultKind[] = Object.values(LOG_FAULTS).flat();

/** One fault, decided in every detail. */
export type LogFault = {
  kind: LogFaultKind;
  lane: Lane;
  /** When it begins, ms after the run did. */
  atMs: number;
  /** How long it lasts: until what was killed starts again, until one of two keepers is killed. */
  lastsMs: number;
  /** Which of several is hurt, from 0 until before 1; of two keepers, whether it is the first. */
  which: number;
};

/** Shortest and longest, ms. */
const LASTS: Record<LogFaultKind, [number, number]> = {
  "keeper kill": [1, 800],
  "second keeper": [300, 3_000],
  "authority kill": [1, 1_000],
  "database crash": [1, 500],
  "slow commits": [300, 2_000],
  "refused commits": [300, 1_500],
};

/** From one fault of a lane to the next, ms. */
const GAPS: Record<Lane, [number, number]> = {
  keeper: [2_000, 7_000],
  authority: [2_000, 7_000],
  database: [7_000, 14_000],
  commits: [2_000, 7_000],
};

/** Before the first fault everything has started, ms. */
const QUIET_MS = 1_500;

/** Decides everything that chance decides before a run: the same seed and length give the same schedule. */
export function makeLogSchedule({ seed, seconds }: { seed: string; seconds: number }): Record<Lane, LogFault[]> {
  const plan = (lane: Lane) => planLane(lane, seed, seconds * 1000);
  return { keeper: plan("keeper"), authority: plan("authority"), database: plan("database"), commits: plan("commits") };
}

function planLane(lane: Lane, seed: string, endMs: number): LogFault[] {
  const random = new Random(`${seed} ${lane}`);
  const kinds = LOG_FAULTS[lane];
  const faults: LogFault[] = [];
  let atMs = QUIET_MS + random.next() * (GAPS[lane][0] / 2);
  while (atMs < endMs) {
    // Each kind of the lane once before chance decides.
    const kind = kinds[faults.length] ?? random.pick(kinds);
    const lastsMs = random.betweenLog(...LASTS[kind]);
    faults.push({ kind, lane, atMs: Math.round(atMs), lastsMs: Math.round(lastsMs), which: random.next() });
    atMs += lastsMs + random.between(...GAPS[lane]);
  }
  return faults;
}
