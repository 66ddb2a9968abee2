import { setTimeout as sleep } from "node:timers/promises";
import { UnexpectedAnswer } from "./calls";
import type { Cluster, Member, TestToken } from "./cluster";
import { happen, type Fault } from "./faults";
import { Histories } from "./histories";
import type { Validation } from "./history";
import { Random } from "./random";
import type { PlannedRevocation, Schedule } from "./schedule";

export type RunOptions = {
  seed: string;
  seconds: number;
  /** Callers of each authority that ask without end, and how long each rests after an answer, ms. */
  callers: number;
  pauseMs: number;
};

/** A fault, and how long it took until everything ran again. */
export type HappenedFault = Fault & { tookMs: number };

/** What was seen of one revocation. */
export type Seen = {
  /** When it was called first, ms after the run began. */
  atMs: number;
  /** The faults that were under way at any time between its call and its answer. */
  during: readonly Fault[];
  urgent: boolean;
  /** How often it had to be called until it was answered; `answerMs` is null where it never was. */
  calls: number;
  /** From its only call to its answer. Null where there was more than one call. */
  answerMs: number | null;
  /** From its first call to the first denial at each process that was watched. */
  denialsMs: readonly number[];
};

/** Tokens that nobody has revoked yet, at any time. */
const LIVE = 240;
/** Of these, the next to be revoked are asked about as often as all others together. */
const NEXT = 12;
const LATELY = 24;
/** The part of the calls that ask about so many tokens at once. */
const BATCHES = 0.2;
const BATCH = 6;
/** How long nobody asks again where no decision came: twice as long each time, ms. */
const PATIENCE_MS = 100;
const MAX_PATIENCE_MS = 1_500;
/** Beyond this, what is planned is left out: a system that is behind would never catch up. */
const MAX_REVOCATIONS_AT_ONCE = 12;
const MAX_CALLS = 40;
/** How long a process is still watched after the answer, ms. */
const WATCH_MS = 400;
/** A process that never denies is a finding of the check, not of the watching: it ends, ms after the answer. */
const WATCH_MAX_MS = 4_000;

const tookMs = ({ invokedMs, respondedMs }: Validation) => respondedMs - invokedMs;

/** One run: asks, revokes and hurts as planned, and records all of it with one clock. */
export class Run {
  readonly histories = new Histories();
  readonly seen: Seen[] = [];
  /** As they ended. */
  readonly happened: HappenedFault[] = [];
  readonly #cluster: Cluster;
  readonly #schedule: Schedule;
  readonly #options: RunOptions;
  readonly #underWay = new Set<Fault>();
  /** In the order of their revocations. */
  readonly #live: { token: TestToken; cold: boolean }[] = [];
  readonly #lately: TestToken[] = [];
  #startMs = 0;
  #made = 0;
  #revoking = 0;
  #running = true;
  /** A fault's own failure: the run cannot be judged. */
  #failure: unknown = null;

  constructor(cluster: Cluster, schedule: Schedule, options: RunOptions) {
    this.#cluster = cluster;
    this.#schedule = schedule;
    this.#options = options;
  }

  /** Runs to the end, heals everything, and judges every history. Throws where a part of the test itself failed. */
  async go(): Promise<void> {
    await this.#refill();
    const startMs = (this.#startMs = performance.now());
    const at = (ms: number) => sleep(Math.max(0, startMs + ms - performance.now()));
    const guarded = (work: Promise<unknown>) =>
      work.catch((error: unknown) => (this.#failure ??= this.#explained(error)));
    const members = [...this.#cluster.members];
    const background = [
      ...members.flatMap((member) =>
        Array.from({ length: this.#options.callers }, (_, nth) => guarded(this.#askWithoutEnd(member, nth))),
      ),
      guarded(this.#refillWithoutEnd()),
    ];
    const faults = this.#schedule.faults.map(async (fault, nth) => {
      await at(fault.atMs);
      if (this.#failure === null) await guarded(this.#fault(fault, new Random(`${this.#options.seed} fault ${nth}`)));
    });
    const revocations = this.#schedule.revocations.map(async (planned, nth) => {
      await at(planned.atMs);
      const random = new Random(`${this.#options.seed} revocation ${nth}`);
      if (this.#failure !== null || this.#revoking >= MAX_REVOCATIONS_AT_ONCE) return;
      this.#revoking++;
      await guarded(this.#revocation(planned, members, random));
      this.#revoking--;
    });
    await Promise.all([at(this.#options.seconds * 1000), ...faults, ...revocations]);
    this.#running = false;
    await Promise.all(background);
    if (this.#failure !== null) throw this.#failure;
    await this.#askAtRest(members);
    this.histories.judgeAll();
  }

  /** With what the authorities logged about it. */
  #explained(failure: unknown): unknown {
    if (!(failure instanceof UnexpectedAnswer)) return failure;
    const said = this.#cluster.members.map(({ process }) => process.saidOf(failure.requestId));
    return new Error([failure.message, ...said].join("\n"), { cause: failure });
  }

  async #fault(fault: Fault, random: Random): Promise<void> {
    const beganMs = performance.now();
    this.#underWay.add(fault);
    await happen(fault, this.#cluster, random);
    this.#underWay.delete(fault);
    this.happened.push({ ...fault, tookMs: Math.round(performance.now() - beganMs) });
  }

  async #ask(member: Member, token: TestToken) {
    const answer = await member.calls.validate(token.secret);
    this.histories.add(token.id, answer);
    return answer;
  }

  async #askWithoutEnd(member: Member, nth: number): Promise<void> {
    const random = new Random(`${this.#options.seed} caller ${member.name} ${nth}`);
    while (this.#running && this.#failure === null) {
      const count = random.chance(BATCHES) ? BATCH : 1;
      const tokens = Array.from({ length: count }, () => this.#pick(random)).filter((token) => token !== null);
      const answers = await this.#askAll(member, tokens);
      const failed = answers.some(({ outcome }) => outcome === "failed");
      await sleep(failed ? 100 + this.#options.pauseMs : this.#options.pauseMs);
    }
  }

  /** One call, of one kind or the other. */
  async #askAll(member: Member, tokens: readonly TestToken[]): Promise<Validation[]> {
    const [first] = tokens;
    if (!first) return [];
    if (tokens.length === 1) return [await this.#ask(member, first)];
    const answers = await member.calls.validateAll(tokens.map(({ secret }) => secret));
    answers.forEach((answer, nth) => this.histories.add((tokens[nth] as TestToken).id, answer));
    return answers;
  }

  /** What will be revoked next, what was lately, or any. */
  #pick(random: Random): TestToken | null {
    if (this.#lately.length > 0 && random.chance(0.2)) return random.pick(this.#lately);
    const most = random.chance(0.5) ? NEXT : this.#live.length;
    const candidate = this.#live[Math.floor(random.next() * Math.min(most, this.#live.length))];
    return candidate && !candidate.cold ? candidate.token : null;
  }

  /** Keeps as many live tokens as there should be; where the database is away, later. */
  async #refillWithoutEnd(): Promise<void> {
    while (this.#running && this.#failure === null) {
      if (this.#live.length < LIVE) await this.#refill(20).catch(() => undefined);
      await sleep(100);
    }
  }

  async #refill(most = LIVE): Promise<void> {
    const wanted = Math.min(most, LIVE - this.#live.length);
    const planned = Array.from({ length: wanted }, (_, nth) => this.#schedule.revocations[this.#made + nth]);
    const tokens = await this.#cluster.mint(planned.map((one) => one?.endedBy ?? "token"));
    this.#made += wanted;
    tokens.forEach((token, nth) => this.#live.push({ token, cold: planned[nth]?.cold ?? false }));
  }

  async #revocation(planned: PlannedRevocation, members: readonly Member[], random: Random): Promise<void> {
    const next = this.#live.shift();
    if (!next) return; // the database was away for so long that no token is left
    const { token } = next;
    const during = new Set(this.#underWay);
    const firstCallMs = performance.now();
    const state = { doneMs: Infinity };
    const watched = members.map((member) => this.#watch(member, token, state, random));
    let calls = 0;
    let answerMs: number | null = null;
    for (
      let via = planned.via;
      calls < MAX_CALLS;
      via = random.chance(0.5) ? null : Math.floor(random.next() * members.length)
    ) {
      calls++;
      const member = via === null ? undefined : members[via];
      const operation = member
        ? await member.calls.revoke(token.secret)
        : await this.#cluster.endByVerb(token, planned.urgent);
      this.histories.add(token.id, operation);
      for (const fault of this.#underWay) during.add(fault);
      if (operation.outcome === "done") {
        if (calls === 1) answerMs = operation.respondedMs - operation.invokedMs;
        break;
      }
      await sleep(Math.min(PATIENCE_MS * 2 ** calls, MAX_PATIENCE_MS));
    }
    state.doneMs = performance.now();
    this.#lately.push(token);
    if (this.#lately.length > LATELY) this.#lately.shift();
    // Asked after the answer, by callers of their own: also at a process that has not answered the others yet.
    const probes = members.flatMap((member) =>
      [0, 150, 600].map(async (ms) => {
        await sleep(ms);
        await this.#ask(member, token);
      }),
    );
    const denials = await Promise.all(watched);
    await Promise.all(probes);
    const denialsMs = denials.flatMap((ms) => (ms === null ? [] : [ms - firstCallMs]));
    const atMs = firstCallMs - this.#startMs;
    this.seen.push({ atMs, during: [...during], urgent: planned.urgent, calls, answerMs, denialsMs });
  }

  /** Asks one process again and again, until it has denied and the revocation was answered a while ago. */
  async #watch(member: Member, token: TestToken, state: { doneMs: number }, random: Random): Promise<number | null> {
    let firstDenialMs: number | null = null;
    let patienceMs = PATIENCE_MS;
    for (;;) {
      const answer = await this.#ask(member, token);
      if (answer.outcome === "revoked") firstDenialMs ??= answer.respondedMs;
      const sinceMs = performance.now() - state.doneMs;
      if (sinceMs > (firstDenialMs === null ? WATCH_MAX_MS : WATCH_MS) || this.#failure !== null) return firstDenialMs;
      // What is away or behind is asked less and less: it must not be kept so by being watched.
      patienceMs = answer.outcome === "failed" ? Math.min(2 * patienceMs, MAX_PATIENCE_MS) : PATIENCE_MS;
      await sleep(answer.outcome === "failed" ? patienceMs : Math.max(random.between(1, 12), tookMs(answer)));
    }
  }

  /** When everything is healed, every process knows what was revoked and what was not. */
  async #askAtRest(members: readonly Member[]): Promise<void> {
    const some = [...this.#lately, ...this.#live.slice(0, LATELY).map(({ token }) => token)];
    for (const member of members) await Promise.all(some.map((token) => this.#ask(member, token)));
  }
}
