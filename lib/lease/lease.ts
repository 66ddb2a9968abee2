import "server-only";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { TimedQuery } from "@/lib/db";
import { log } from "@/lib/log";
import { CHANGE_CHANNEL, readNotification } from "./announce";
import { EVERYTHING, type Subject } from "./subject";

/** How long a lease lasts, ms, counted from when its renewal was sent. */
export const LEASE_MS = 1000;
const RENEW_EVERY_MS = LEASE_MS / 4;
/** In the database a lease lasts longer: by 1 % for clocks that run apart, and a little. */
const GRANTED_MS = LEASE_MS * 1.01 + 10;
/** Wall and monotonic clock may move against each other by this much within a lease, ms: a suspended machine moves them further. */
const MAX_DRIFT_MS = 50;
/** A connection that answers nothing for this long is given up: the lease has ended long before. */
const QUERY_TIMEOUT_MS = 1_500;
const RECONNECT_MS = 100;
/** An announcement that nobody has followed up for so long, seconds: its process is gone. No transaction may last as long. */
const FORGOTTEN_SECONDS = 30;
/** As long as changes are kept, minutes. A process that slept longer finds a gap, and drops everything. */
const KEPT_MINUTES = 10;
const TIDY_EVERY_MS = 15_000;

// `greatest`: a renewal that was held up on its way must not take back what a later one said.
const RENEW = `
INSERT INTO lease (instance, expires_at, cursor)
VALUES ($1, clock_timestamp() + $2 * interval '1 millisecond', coalesce($3::bigint, (SELECT seq FROM change_head)))
ON CONFLICT (instance) DO UPDATE SET
  expires_at = greatest(lease.expires_at, excluded.expires_at), cursor = greatest(lease.cursor, excluded.cursor)
RETURNING cursor::float8 AS cursor`;

const CHANGES = `
SELECT (SELECT seq FROM change_head)::float8 AS head,
       (SELECT count(*) FROM lease WHERE expires_at > clock_timestamp())::int AS holders,
       (SELECT coalesce(json_agg(json_build_object('kind', subject_kind, 'id', subject_id) ORDER BY seq), '[]')
        FROM change WHERE seq > $1) AS subjects`;

/** Where time comes from: the monotonic clock counts, the wall clock only tells that it was stopped. */
export type Clocks = { monotonicMs: () => number; wallMs: () => number };
const CLOCKS: Clocks = { monotonicMs: () => performance.now(), wallMs: () => Date.now() };

type Options = {
  /** Unique to this process and start. */
  instance: string;
  connectionString: string;
  /** Drops what is cached of these subjects, and keeps reads under way from filling it in again. Must not throw. */
  onChanges: (subjects: readonly Subject[]) => void;
  clocks?: Clocks;
};

/**
 * A process's right to answer from its cache, renewed four times in its life of one second. Whoever narrows what a token
 * may do waits until every unexpired lease has confirmed, so a cached fact is true as long as `alive()` says so *after*
 * it was looked up. What the steps are, why in this order, and what they assume: docs/revocation.md.
 */
export class Lease {
  readonly #options: Options;
  readonly #clocks: Clocks;
  #client: pg.Client | null = null;
  /** The last change that was applied here; null before the first renewal. */
  #cursor: number | null = null;
  /** The cursor that the last renewal said. */
  #confirmed: number | null = null;
  #endsAtMs = -Infinity;
  /** Wall minus monotonic clock when the renewal that counts was sent. */
  #offsetMs = 0;
  #holders = 1;
  #closed = false;
  #woken = false;
  #wake: () => void = () => undefined;
  #running: Promise<void> | null = null;
  #tidiedAtMs = -Infinity;

  constructor(options: Options) {
    this.#options = options;
    this.#clocks = options.clocks ?? CLOCKS;
  }

  /** True while cached facts count. Ask after looking them up. */
  alive(): boolean {
    if (this.#closed) return false; // whatever a renewal on its way comes back with
    const nowMs = this.#clocks.monotonicMs();
    return nowMs < this.#endsAtMs && Math.abs(this.#clocks.wallMs() - nowMs - this.#offsetMs) <= MAX_DRIFT_MS;
  }

  /** How long the lease still lasts, ms; 0 where it has ended. For the metrics. */
  get remainingMs(): number {
    return this.alive() ? this.#endsAtMs - this.#clocks.monotonicMs() : 0;
  }

  /** The number of the last change that was applied here. For the metrics. */
  get cursor(): number {
    return this.#cursor ?? 0;
  }

  /** How many processes held a lease when this one was renewed last, itself among them. */
  get holders(): number {
    return this.#holders;
  }

  /** Begins to hold a lease, and goes on until `close`. */
  start(): void {
    this.#running ??= this.#run();
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      try {
        const client = (this.#client ??= await this.#connect());
        if (this.#woken) {
          this.#woken = false;
          await this.#catchUp(client);
        }
        await this.#renew(client);
        await this.#tidy(client);
        // What was applied is confirmed at once: somebody waits for it.
        if (this.#cursor === this.#confirmed) await this.#untilNext(RENEW_EVERY_MS);
      } catch (error) {
        if (this.#closed) break;
        log.warn({ err: error }, "The lease could not be renewed; answers come from the database until it is");
        this.#disconnect();
        await this.#untilNext(RECONNECT_MS);
      }
    }
  }

  async #connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.#options.connectionString,
      connectionTimeoutMillis: QUERY_TIMEOUT_MS,
      application_name: "gatehouse lease",
    });
    client.on("error", () => {
      if (this.#client === client) this.#disconnect();
    });
    client.on("notification", ({ payload }) => {
      if (!this.#applyNotification(payload)) this.#woken = true;
      this.#wake();
    });
    try {
      await client.connect();
      await this.#ask(client, `LISTEN ${CHANGE_CHANNEL}`, []);
      return client;
    } catch (error) {
      void client.end().catch(() => undefined);
      throw error;
    }
  }

  #disconnect(): void {
    const client = this.#client;
    this.#client = null;
    void client?.end().catch(() => undefined);
  }

  #ask<R extends pg.QueryResultRow>(client: pg.Client, text: string, values: unknown[]): Promise<pg.QueryResult<R>> {
    const query: TimedQuery = { text, values, query_timeout: QUERY_TIMEOUT_MS };
    return client.query<R>(query);
  }

  /**
   * In this order: the clock is read, the lease is granted with what was applied so far, and committed; *then* the
   * changes are read and applied; only then does the lease count here, from when its renewal was sent.
   */
  async #renew(client: pg.Client): Promise<void> {
    const sentAtMs = this.#clocks.monotonicMs();
    const offsetMs = this.#clocks.wallMs() - sentAtMs;
    const said = this.#cursor;
    const { rows } = await this.#ask<{ cursor: number }>(client, RENEW, [this.#options.instance, GRANTED_MS, said]);
    this.#confirmed = said;
    if (this.#cursor === null) {
      // A process that joins has cached nothing: whatever was changed before, it has applied. But a read that is under way
      // may be older than that.
      this.#options.onChanges([EVERYTHING]);
      this.#confirmed = this.#cursor = rows[0]?.cursor ?? null;
    }
    await this.#catchUp(client);
    this.#endsAtMs = Math.max(this.#endsAtMs, sentAtMs + LEASE_MS);
    this.#offsetMs = offsetMs;
  }

  /** Applies what a notification says, where nothing is missing before it. False where the changes must be read. */
  #applyNotification(payload: string | undefined): boolean {
    const said = readNotification(payload);
    if (!said || this.#cursor === null) return false;
    const { first, subjects } = said;
    // With one that has been lost in between, what it said would be taken for applied.
    if (first !== this.#cursor + 1) return false;
    this.#options.onChanges(subjects.map(([kind, id]) => ({ kind, id })));
    this.#cursor += subjects.length;
    return true;
  }

  /** Reads the changes above the cursor and applies them. Where some are missing (it slept too long), everything is dropped. */
  async #catchUp(client: pg.Client): Promise<void> {
    const above = this.#cursor;
    if (above === null) return;
    const { rows } = await this.#ask<{ head: number; holders: number; subjects: Subject[] }>(client, CHANGES, [above]);
    const { head, holders, subjects } = rows[0] ?? { head: above, holders: 1, subjects: [] };
    this.#holders = Math.max(1, holders);
    if (head === above) return;
    this.#options.onChanges(subjects.length === head - above ? subjects : [EVERYTHING]);
    // A notification may have gone further meanwhile. Where the database itself has gone back, so does the cursor.
    this.#cursor = head < above ? head : Math.max(this.#cursor ?? 0, head);
  }

  /** What a crash left behind: announcements without a process, leases long ended, changes that everybody has read. */
  async #tidy(client: pg.Client): Promise<void> {
    const nowMs = this.#clocks.monotonicMs();
    if (nowMs - this.#tidiedAtMs < TIDY_EVERY_MS) return;
    this.#tidiedAtMs = nowMs;
    await this.#ask(
      client,
      `UPDATE change SET state = 'final' WHERE state = 'pending' AND created_at < clock_timestamp() - ${FORGOTTEN_SECONDS} * interval '1 second'`,
      [],
    );
    await this.#ask(client, "DELETE FROM lease WHERE expires_at < clock_timestamp() - interval '1 minute'", []);
    await this.#ask(
      client,
      `DELETE FROM change WHERE state = 'final' AND created_at < clock_timestamp() - ${KEPT_MINUTES} * interval '1 minute'`,
      [],
    );
  }

  async #untilNext(ms: number): Promise<void> {
    if (this.#woken || this.#closed) return;
    const timer = new AbortController();
    const woken = new Promise<void>((wake) => (this.#wake = wake));
    await Promise.race([woken, sleep(ms, undefined, { signal: timer.signal, ref: false }).catch(() => undefined)]);
    timer.abort();
  }

  /** Gives the lease back, so that nobody waits for it. Cached facts do not count from here on. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake();
    await this.#running;
    const client = this.#client;
    if (client)
      await this.#ask(client, "DELETE FROM lease WHERE instance = $1", [this.#options.instance]).catch(() => undefined);
    this.#disconnect();
  }
}
