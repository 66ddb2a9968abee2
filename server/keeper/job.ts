import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { redactLine } from "@/lib/audit/redact";
import { env } from "@/lib/env";
import { jobLock } from "@/lib/job-lock";
import { log } from "@/lib/log";

/** Something that the keeper does in the background. */
export type Job = { readonly name: string; start(): RunningJob };

/** A job under way. */
export type RunningJob = {
  /** Does what is still to do at the end, and lets go of everything. Never rejects. */
  stop(): Promise<void>;
};

/** What one round gets. */
export type Turn = {
  /**
   * The connection that holds the job's lock. What must happen once only is written through it: with the connection the
   * lock is lost, and so is every transaction of a keeper that no longer has it.
   */
  client: pg.Client;
  /** Aborted when the keeper stops: long rounds look at it between their steps. */
  signal: AbortSignal;
};

/** What is said after a round: come back at once, or after the pause. */
export type RoundResult = "more" | "done";

type Repeated = {
  name: string;
  /** The pause between two rounds, ms. */
  everyMs: number;
  round: (turn: Turn) => Promise<RoundResult>;
  /** Done before the lock is let go in order, such as one round more. At most `LAST_MS`. */
  last?: (turn: Turn) => Promise<unknown>;
  /** The longest pause after a round that failed, ms; half a minute where left out. */
  longestBackOffMs?: number;
  /** The longest that one statement of it may take, ms: a database that does not answer is left, and connected anew. */
  queryMs?: number;
};

const QUERY_MS = 60_000;
const CONNECT_MS = 5_000;
const LAST_MS = 3_000;
/** How often a keeper that waits for the lock asks for it, ms. */
const ASK_MS = 1_000;
const FIRST_BACK_OFF_MS = 500;
const LONGEST_BACK_OFF_MS = 30_000;
/** The same while the database is away: nothing waits for long once it is back. */
const LONGEST_AWAY_MS = 1_000;
/** How often a job that goes well says so, ms. */
const BEAT_MS = 10_000;
const MAX_FAULT_CHARS = 500;

/**
 * A job that does one round after the other, in one keeper at a time however many run: that which holds the PostgreSQL
 * advisory lock of its name. A round that throws is said (in the log, and in `keeper_job`), and tried again after a pause
 * that doubles up to half a minute.
 */
export function repeated(options: Repeated): Job {
  return { name: options.name, start: () => start(options) };
}

function start(options: Repeated): RunningJob {
  const stopped = new AbortController();
  const ended = run(options, stopped.signal);
  return {
    stop: () => {
      stopped.abort();
      return ended;
    },
  };
}

async function run(options: Repeated, signal: AbortSignal): Promise<void> {
  const trying: Trying = { backOffMs: FIRST_BACK_OFF_MS, away: true, ended: false };
  while (!signal.aborted) {
    try {
      await connected(options, trying, (client) => hold(client, options, signal, trying));
    } catch (error) {
      log.error({ err: error, job: options.name }, "A job of the keeper failed; it is tried again");
      const longestMs = trying.away ? LONGEST_AWAY_MS : (options.longestBackOffMs ?? LONGEST_BACK_OFF_MS);
      await pause(Math.min(trying.backOffMs, longestMs), signal);
      trying.backOffMs = Math.min(trying.backOffMs * 2, longestMs);
    }
  }
  if (options.last && !trying.ended) await lastTry(options, signal, trying);
}

/** How long the next pause is, whether the connection is what fails, and whether nothing is left to do at the end. */
type Trying = { backOffMs: number; away: boolean; ended: boolean };

/** Works with a connection of its own, which ends with the work. */
async function connected(
  options: Repeated,
  trying: Trying,
  work: (client: pg.Client) => Promise<unknown>,
): Promise<void> {
  trying.away = true;
  const client = new pg.Client({
    connectionString: env().DATABASE_URL,
    application_name: `gatehouse-keeper ${options.name}`,
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: options.queryMs ?? QUERY_MS,
  });
  client.on("error", () => (trying.away = true)); // the next statement says it
  try {
    await client.connect();
    await work(client);
  } finally {
    await Promise.race([client.end().catch(() => undefined), sleep(CONNECT_MS, undefined, { ref: false })]);
  }
}

/** Waits for the lock, and does rounds until the keeper stops. Throws where a round or the connection fails. */
async function hold(client: pg.Client, options: Repeated, signal: AbortSignal, trying: Trying): Promise<void> {
  if (!(await takeLock(client, options.name, signal))) return void (trying.ended = true);
  const state = new State(client, options.name);
  await state.taken();
  trying.away = false;
  try {
    while (!signal.aborted) {
      const result = await options.round({ client, signal });
      await state.done();
      trying.backOffMs = FIRST_BACK_OFF_MS;
      if (result === "done") await pause(options.everyMs, signal);
    }
    await Promise.race([options.last?.({ client, signal }), sleep(LAST_MS, undefined, { ref: false })]);
    trying.ended = true;
  } catch (error) {
    await state.failed(error).catch(() => undefined); // where the database is gone there is nowhere to say it
    throw error;
  }
}

/** The last part of a job whose connection was lost when the keeper was told to stop: once, over another one, unless another keeper has the lock. */
async function lastTry(options: Repeated, signal: AbortSignal, trying: Trying): Promise<void> {
  const work = connected(options, trying, async (client) => {
    if (await jobLock(client, options.name)) await options.last?.({ client, signal });
  });
  const failed = (error: unknown) => log.error({ err: error, job: options.name }, "A job of the keeper did not do its last part"); // prettier-ignore
  await Promise.race([work.catch(failed), sleep(LAST_MS, undefined, { ref: false })]);
}

/** Waits for the lock; false where the keeper is stopped before. */
async function takeLock(client: pg.Client, name: string, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    if (await jobLock(client, name)) return true;
    await pause(ASK_MS, signal);
  }
  return false;
}

/** What the job says of itself in `keeper_job`. */
class State {
  #saidAt = 0;

  constructor(
    private readonly client: pg.Client,
    private readonly name: string,
  ) {}

  async taken(): Promise<void> {
    await this.client.query(
      `INSERT INTO keeper_job (name, keeper, since) VALUES ($1, $2, clock_timestamp())
       ON CONFLICT (name) DO UPDATE SET keeper = excluded.keeper, since = excluded.since`,
      [this.name, `${process.pid}@${hostname()}`],
    );
  }

  async done(): Promise<void> {
    if (Date.now() - this.#saidAt < BEAT_MS) return;
    this.#saidAt = Date.now();
    await this.client.query(
      "UPDATE keeper_job SET done_at = clock_timestamp(), fault = NULL, fault_at = NULL WHERE name = $1",
      [this.name],
    );
  }

  async failed(error: unknown): Promise<void> {
    const said = error instanceof Error ? error.message : String(error);
    // Since when it fails is kept as long as it fails in the same way.
    await this.client.query(
      `UPDATE keeper_job SET fault = $2, fault_at = CASE WHEN fault = $2 THEN fault_at ELSE clock_timestamp() END WHERE name = $1`,
      [this.name, redactLine(said, MAX_FAULT_CHARS)],
    );
  }
}

/** Waits, or less where the keeper stops meanwhile. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
