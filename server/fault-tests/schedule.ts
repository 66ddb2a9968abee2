import { isOfDatabase, planFault, type Fault, type FaultKind } from "./faults";
import { Random } from "./random";

/** By what a verb can end a token: itself, or what it hangs on, which then has this one token. */
const ENDED_BY = ["token", "agent", "person", "role"] as const;
export type EndedBy = (typeof ENDED_BY)[number];

/** One revocation to come. Each is of a token of its own, in this order. */
export type PlannedRevocation = {
  /** ms after the run began. */
  atMs: number;
  /** The nth authority; null: by the verb, as the console does. */
  via: number | null;
  /** Nobody asks about the token before: no process has it cached. */
  cold: boolean;
  urgent: boolean;
  /** What the verb ends, where it is by the verb. */
  endedBy: EndedBy;
};

export type Schedule = { faults: readonly Fault[]; revocations: readonly PlannedRevocation[] };

export type ScheduleOptions = {
  seed: string;
  seconds: number;
  /** How many authorities there are. */
  members: number;
  /** What may happen; nothing where it is empty. */
  kinds: readonly FaultKind[];
  revocationsPerSecond: number;
};

/** Before the first fault everything has started, and after the last everything can settle, ms. */
const QUIET_MS = 800;
/** At most this part of the run is one fault. */
const LONGEST_PART = 0.2;
const GAP_MS: [number, number] = [150, 900];
const AT_ONCE = 3;
/** Where the database is away nothing is allowed, and nothing can be found: not more often than this, ms. */
const DATABASE_GAP_MS = 8_000;
const REVOCATIONS_PER_FAULT = 3;

/** Decides everything that chance decides before a run: the same options give the same schedule. */
export function makeSchedule(options: ScheduleOptions): Schedule {
  const faults = planFaults(options);
  const revocations = planRevocations(options, faults);
  return { faults, revocations };
}

function planFaults({ seed, seconds, members, kinds }: ScheduleOptions): Fault[] {
  const random = new Random(`${seed} faults`);
  const faults: Fault[] = [];
  if (kinds.length === 0) return faults;
  const endMs = seconds * 1000 - QUIET_MS;
  // Every kind once before any comes twice.
  let order: FaultKind[] = [];
  for (let atMs = QUIET_MS; atMs < endMs; atMs += random.between(...GAP_MS)) {
    if (order.length === 0) order = shuffled(random, kinds);
    const running = faults.filter((fault) => fault.atMs + fault.lastsMs > atMs);
    const free = Array.from({ length: members }, (_, nth) => nth).filter(
      (nth) => !running.some(({ member }) => member === nth),
    );
    if (running.length >= AT_ONCE || free.length === 0) continue;
    const kind = order[0] as FaultKind;
    if (isOfDatabase(kind) && faults.some((one) => isOfDatabase(one.kind) && atMs - one.atMs < DATABASE_GAP_MS)) {
      order.push(...order.splice(0, 1));
      continue;
    }
    order.shift();
    const longestMs = Math.min(endMs - atMs, seconds * 1000 * LONGEST_PART);
    faults.push(planFault(random, kind, { atMs: Math.round(atMs), member: random.pick(free), longestMs }));
  }
  return faults;
}

function shuffled<T>(random: Random, list: readonly T[]): T[] {
  return list
    .map((element) => ({ element, at: random.next() }))
    .sort((one, other) => one.at - other.at)
    .map(({ element }) => element);
}

/** At random moments, and some more around each fault: there it is hard. */
function planRevocations(options: ScheduleOptions, faults: readonly Fault[]): PlannedRevocation[] {
  const random = new Random(`${options.seed} revocations`);
  const endMs = options.seconds * 1000;
  const moments: number[] = [];
  const meanGapMs = 1000 / options.revocationsPerSecond;
  for (let atMs = 500; atMs < endMs; atMs += -Math.log(1 - random.next()) * meanGapMs) moments.push(atMs);
  for (const { atMs, lastsMs } of faults)
    for (let nth = 0; nth < REVOCATIONS_PER_FAULT; nth++)
      moments.push(random.between(atMs - 100, atMs + lastsMs + 300));
  return moments
    .filter((atMs) => atMs < endMs)
    .sort((one, other) => one - other)
    .map((atMs) => {
      const byVerb = random.chance(0.5);
      const endedBy = byVerb ? random.pick(ENDED_BY) : "token";
      return {
        atMs: Math.round(atMs),
        via: byVerb ? null : Math.floor(random.next() * options.members),
        cold: random.chance(0.2),
        urgent: byVerb && endedBy === "token" && random.chance(0.5),
        endedBy,
      };
    });
}
