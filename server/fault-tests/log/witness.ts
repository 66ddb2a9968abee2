import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { anchorOf } from "@/lib/audit/anchor/anchor";
import { readCheckpoint } from "@/lib/audit/proof/read";
import { parseCheckpoint } from "@/lib/audit/tree/checkpoint";
import { hashToBase64 } from "@/lib/audit/tree/hash";
import { systemCtx } from "@/lib/testing/ctx";
import type { LogViolation, LogViolationKind } from "./violation";

/** A checkpoint that somebody outside was given. */
export type Published = { size: number; root: string; note: string; from: "api" | "anchor" };

/** How far the log was committed and signed at a moment. */
export type Sample = { atMs: number; head: number; signed: number };

type Row = { head: number; signed: number; tiles: number; newest: number | null; leaf: string | null };

/** All of one moment: one statement has one snapshot. */
const STATE = `
SELECT head.next::float8 AS head, signed.size::float8 AS signed, newest.idx::float8 AS newest, encode(newest.leaf, 'hex') AS leaf,
  (SELECT count(*)::int FROM audit_tile WHERE level = 0) AS tiles
FROM audit_head head CROSS JOIN (SELECT coalesce(max(size), 0) AS size FROM audit_checkpoint) signed
LEFT JOIN LATERAL (SELECT idx, leaf FROM audit_entry ORDER BY idx DESC LIMIT 1) newest ON true`;

const EVERY_MS = 60;
const QUERY_MS = 3_000;

/** Looks at the log and at everything that is published of it, all the time, and remembers it outside. */
export class Witness {
  readonly violations: LogViolation[] = [];
  readonly samples: Sample[] = [];
  readonly published: Published[] = [];
  /** Leaves of entries that were committed, by index. */
  readonly leaves = new Map<number, string>();
  readonly #anchors;
  readonly #pool: pg.Pool;
  /** The largest tree that an anchor has, and the largest that the API told. */
  #anchored = 0;
  #told = 0;
  #looking: Promise<void> | null = null;
  #ended = false;

  constructor(databaseUrl: string, anchors: readonly string[]) {
    this.#anchors = anchors.map((place) => ({ anchor: anchorOf(place), seen: 0 }));
    this.#pool = new pg.Pool({ connectionString: databaseUrl, max: 2, query_timeout: QUERY_MS, connectionTimeoutMillis: QUERY_MS }); // prettier-ignore
    this.#pool.on("error", () => undefined);
    this.#pool.on("connect", (client) => client.on("error", () => undefined));
  }

  query<R extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<pg.QueryResult<R>> {
    return this.#pool.query<R>(text, values);
  }

  begin(): void {
    this.#looking = this.#look();
  }

  async end(): Promise<void> {
    this.#ended = true;
    await this.#looking;
    await this.#pool.end();
  }

  /** Every note that the anchors hold, in the order in which they hold them. */
  async notes(): Promise<string[][]> {
    return Promise.all(this.#anchors.map(({ anchor }) => anchor.notes()));
  }

  async #look(): Promise<void> {
    while (!this.#ended) {
      // What is published is looked at first: what is committed then must hold it.
      await this.#readAnchors();
      await this.#readApi();
      await this.#readState();
      await sleep(EVERY_MS);
    }
  }

  async #readAnchors(): Promise<void> {
    for (const one of this.#anchors) {
      const notes = (await one.anchor.notes()).map((note) => ({ note, said: parseCheckpoint(note) }));
      let last = 0;
      notes.forEach(({ note, said }, nth) => {
        if (!said || nth < one.seen) return void (last = said?.size ?? last);
        if (said.size < last) this.#violate("shrunk", `${one.anchor.place} has ${said.size} after ${last}`);
        last = said.size;
        this.#anchored = Math.max(this.#anchored, said.size);
        this.published.push({ size: said.size, root: hashToBase64(said.root), note, from: "anchor" });
      });
      one.seen = notes.length;
    }
  }

  async #readApi(): Promise<void> {
    const read = await readCheckpoint(systemCtx(), {}).catch(() => null);
    if (read) this.told(read);
  }

  /** Notes what somebody was told by the API. */
  told({ size, root, note }: { size: number; root: string; note: string }): void {
    const known = this.published.findLast(({ from }) => from === "api");
    if (size !== known?.size || root !== known.root) this.published.push({ size, root, note, from: "api" });
    this.#told = Math.max(this.#told, size);
  }

  async #readState(): Promise<void> {
    const result = await this.query<Row>(STATE).catch(() => null);
    const row = result?.rows[0];
    if (!row) return;
    const { head, signed, tiles, newest, leaf } = row;
    const before = Math.max(this.#told, this.samples.at(-1)?.signed ?? 0);
    if (signed > head) this.#violate("beyond_commit", `${signed} are signed, and ${head} committed`);
    if (signed < before) this.#violate("shrunk", `${signed} are signed after ${before}`);
    if (signed < this.#anchored)
      this.#violate("ahead_of_commit", `an anchor has ${this.#anchored}, the database ${signed}`);
    if (tiles !== Math.floor(signed / 256)) this.#violate("tiles_apart", `${tiles} tiles at ${signed} signed entries`);
    if (head > 0 && newest !== head - 1) this.#violate("gap", `the newest is ${newest}, the counter says ${head}`);
    if (newest !== null && leaf !== null) this.leaves.set(newest, leaf);
    this.samples.push({ atMs: performance.now(), head, signed });
  }

  #violate(kind: LogViolationKind, what: string): void {
    if (!this.violations.some((one) => one.kind === kind && one.what === what)) this.violations.push({ kind, what });
  }
}
