import "server-only";
import type pg from "pg";
import { pool } from "@/lib/db";
import { inClientTransaction } from "@/lib/client-transaction";
import { defineRead } from "@/lib/verb";
import { compareWithNotes } from "./anchor/compare";
import { requireArchived } from "./archive/recorded";
import { readArchivedSpans, type GoneSpan } from "./archive/spans";
import { LogFault, tileGone } from "./proof/fault";
import { leavesOn, type LeafSource, type LeafSpan } from "./proof/leaves";
import { requireSigned } from "./integrate";
import { READ_AUDIT } from "./search";
import { readLogKeys } from "./signer/keys";
import { TILE_HEIGHT, TILE_WIDTH, TreeBuilder, type Tile } from "./tree/builder";
import { HASH_BYTES, unpackHashes, type Hash } from "./tree/hash";
import { coverOf, RootOf } from "./tree/proof";
import { newestCheckpoint, storedTree, TileMissing, type StoredCheckpoint } from "./tree/store";

/** So many entries are read by one statement. */
const AT_ONCE = 64 * TILE_WIDTH;

export type VerifyAuditInput = {
  /** The first index that is looked at; 0 where left out. */
  from?: number;
  /** The first that is not any more; all where left out. */
  to?: number;
  /** What was remembered outside: notes of earlier checkpoints. */
  notes?: readonly string[];
  /** Who looks at the entries of these spans, as they stand in a snapshot; the verb itself where left out. */
  looker?: (snapshot: string, spans: readonly LeafSpan[]) => LeafSource | null;
};

/**
 * What a check of the log found. `entries` counts those that are good, up to the first bad one; `signed` of how many entries
 * the newest checkpoint speaks, and `compared` with how many remembered checkpoints the log was compared.
 */
export type AuditVerification = {
  ok: boolean;
  entries: number;
  signed: number;
  compared: number;
  firstBad: { index: number; fault: string } | null;
  /** What is in archives, as signed entries of the log say: of it the tree alone was checked. */
  archived: { from: number; to: number; file: string }[];
};

type Stored = { newest: StoredCheckpoint | null; end: number; gone: GoneSpan[] };
type StoredRoot = { size: number; root: Hash };
type Span = LeafSpan;

/**
 * Reads the log as far as it goes at the start, and believes nothing of it: every index must be there once, every leaf is made
 * anew from its body, every column that searches use must say what the body says, every tile must hold these leaves, every
 * checkpoint must have the root that follows from them, and the newest one be signed by a key of the log. With `notes` the
 * log must have gone through those checkpoints: without them, who holds the database and the key can have rewritten all.
 */
export const verifyAudit = defineRead(READ_AUDIT, async (_scope, input: VerifyAuditInput): Promise<AuditVerification> => {
  const client = await pool().connect();
  try {
    return await checkLog(client, input);
  } finally {
    client.release(true); // a scan that was cut off may still be sending
  }
}); // prettier-ignore

/** The same over a connection that is held, in a transaction of its own. */
export async function checkLog(client: pg.ClientBase, input: VerifyAuditInput): Promise<AuditVerification> {
  const done: Done = { entries: 0, signed: 0, compared: 0, archived: [] };
  try {
    await inClientTransaction(client, () => verify(client, input, done), "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"); // prettier-ignore
    return { ok: true, ...done, firstBad: null };
  } catch (error) {
    const fault = error instanceof TileMissing ? tileGone(error) : error;
    if (!(fault instanceof LogFault)) throw fault;
    return { ok: false, ...done, firstBad: { index: fault.index, fault: fault.fault } };
  }
}

type Done = Pick<AuditVerification, "entries" | "signed" | "compared" | "archived">;

async function verify(client: pg.ClientBase, input: VerifyAuditInput, done: Done): Promise<void> {
  const stored = await readStored(client);
  const size = (done.signed = stored.newest?.size ?? 0);
  const keys = await readLogKeys(client);
  if (stored.newest) requireSigned(stored.newest, keys);
  // Whole tiles are compared.
  const from = Math.floor((input.from ?? 0) / TILE_WIDTH) * TILE_WIDTH;
  const to = Math.min(stored.end, Math.ceil((input.to ?? stored.end) / TILE_WIDTH) * TILE_WIDTH);
  const steps: LeafSpan[] = [];
  for (let at = from; at < to; at += AT_ONCE) steps.push({ from: at, to: Math.min(to, at + AT_ONCE) });
  const leaves = (await lookerOf(client, input, steps, stored.gone)) ?? leavesOn(client);
  const walk = new Walk(client, stored, from, leaves);
  try {
    for (const step of steps) await walk.over(step, done);
  } finally {
    await leaves.close();
  }
  if (stored.end < size) throw new LogFault(stored.end, "it is missing: it was signed, and the log ends before it");
  await walk.finish(to);
  const tree = storedTree(client, size);
  const log = { size, keys, rootAt: (at: number) => tree.rootAt(at) };
  done.compared = (await compareWithNotes(input.notes ?? [], log)).compared;
}

async function lookerOf(
  client: pg.ClientBase,
  { looker }: VerifyAuditInput,
  steps: readonly LeafSpan[],
  gone: readonly GoneSpan[],
): Promise<LeafSource | null> {
  if (!looker) return null;
  const { rows } = await client.query<{ snapshot: string }>("SELECT pg_export_snapshot() AS snapshot");
  const spans = steps.flatMap((step) => presentIn(step, gone));
  return rows[0] ? looker(rows[0].snapshot, spans) : null;
}

/** What of a span was not taken out. */
function presentIn(span: LeafSpan, gone: readonly LeafSpan[]): LeafSpan[] {
  const present: LeafSpan[] = [];
  let at = span.from;
  for (const { from, to } of gone.filter((one) => one.from < span.to && one.to > span.from)) {
    present.push({ from: at, to: Math.max(at, from) });
    at = Math.min(span.to, to);
  }
  present.push({ from: at, to: span.to });
  return present.filter(({ from, to }) => from < to);
}

async function readStored(client: pg.ClientBase): Promise<Stored> {
  const head = await client.query<{ next: string }>("SELECT next FROM audit_head WHERE id = 1");
  return {
    end: Number(head.rows[0]?.next ?? 0),
    newest: await newestCheckpoint(client),
    // What retention took out was exported: of it the tree alone is left.
    gone: await readArchivedSpans(client),
  };
}

/** The trees that were signed while the log grew over a span: there may be one for each second of its time. */
async function readRoots(client: pg.ClientBase, { from, to }: Span): Promise<StoredRoot[]> {
  const { rows } = await client.query<{ size: string; root: Buffer }>(
    "SELECT size, root FROM audit_checkpoint WHERE size > $1 AND size <= $2 ORDER BY size",
    [from, to],
  );
  return rows.map(({ size, root }) => ({ size: Number(size), root: root.toString("latin1") }));
}

/** Walks over the log from left to right, with the tree that follows from its entries. */
class Walk {
  readonly #tree: TreeBuilder;
  /** The root over what was signed, of which the walk brings the middle. */
  readonly #root = new RootOf();
  readonly #size: number;
  /** Tiles that became whole in this step, and leaves after the last of them all. */
  #tiles: Tile[] = [];
  #pending: Hash[] = [];
  /** What was signed within this step and comes next, the size of the last good one, and where one first said something else. */
  #roots: StoredRoot[] = [];
  #nextRoot = 0;
  #good = 0;
  #differs: Span | undefined;
  #unproved: TileMissing | undefined;

  constructor(
    private readonly client: pg.ClientBase,
    private readonly stored: Stored,
    private readonly from: number,
    private readonly leaves: LeafSource,
  ) {
    this.#size = stored.newest?.size ?? 0;
    this.#tree = new TreeBuilder((tile) => this.#completed(tile));
  }

  #completed(tile: Tile): void {
    const index = tile.level === 0 ? tile.index + this.from / TILE_WIDTH : tile.index;
    this.#tiles.push({ ...tile, index });
    if (tile.level > 0 || (index + 1) * TILE_WIDTH > this.#size) return;
    this.#root.add(tile.root, TILE_HEIGHT);
    this.#pending = [];
  }

  async over(span: Span, done: Done): Promise<void> {
    if (span.from === this.from) await this.#addCover({ from: 0, to: Math.min(this.from, this.#size) });
    this.#tiles = [];
    // Only a walk that begins at the first entry comes through trees that were signed.
    this.#roots = this.from === 0 ? await readRoots(this.client, span) : [];
    this.#nextRoot = 0;
    let at = span.from;
    try {
      for (const gone of this.stored.gone.filter(({ from, to }) => from < span.to && to > span.from)) {
        await this.#scan({ from: at, to: Math.max(at, gone.from) }, done);
        if (gone.from >= span.from || span.from === this.from) {
          await this.#requireArchived(gone);
          done.archived.push({ from: gone.from, to: gone.to, file: gone.file });
        }
        at = Math.min(span.to, gone.to);
        await this.#takeFromTree({ from: Math.max(span.from, gone.from), to: at });
      }
      await this.#scan({ from: at, to: span.to }, done);
    } finally {
      // Where an entry is bad, a tile before it may be as well.
      await this.#compareTiles();
    }
  }

  /** At the end: what was walked over and what stands to both sides must have the root that was signed. */
  async finish(to: number): Promise<void> {
    if (this.#differs) throw rewritten(this.#differs);
    if (this.#unproved) throw this.#unproved;
    if (this.#size === 0 || to <= this.from) return;
    for (const leaf of this.#pending) this.#root.add(leaf, 0);
    await this.#addCover({ from: Math.min(to, this.#size), to: this.#size });
    const root = this.#root.root();
    if (root !== this.stored.newest?.root) throw rewritten({ from: this.#good, to: this.#size });
  }

  async #addCover({ from, to }: Span): Promise<void> {
    const hashes = await storedTree(this.client, this.#size).cover([from, to]);
    coverOf([from, to]).forEach(({ height }, nth) => this.#root.add(hashes[nth] ?? "", height));
  }

  async #scan(span: Span, done: Done): Promise<void> {
    if (span.from >= span.to) return;
    const { leaves, fault } = await this.leaves.of(span);
    for (const leaf of unpackHashes(leaves)) this.#append(leaf);
    done.entries += leaves.length / HASH_BYTES;
    if (fault) throw new LogFault(fault.index, fault.fault);
  }

  /** Where the tree cannot be read that proves it, entries are missing, or tiles: the walk finds the first of them. */
  async #requireArchived(gone: GoneSpan): Promise<void> {
    try {
      await requireArchived(this.client, gone, this.stored.newest);
    } catch (error) {
      if (!(error instanceof TileMissing)) throw error;
      this.#unproved ??= error;
    }
  }

  /** The leaves of entries that retention took out. */
  async #takeFromTree({ from, to }: Span): Promise<void> {
    const tree = storedTree(this.client, this.#size);
    for (let at = from; at < to;) {
      const start = Math.floor(at / TILE_WIDTH) * TILE_WIDTH;
      const leaves = (await tree.tile(0, start / TILE_WIDTH)).slice(at - start, to - start);
      for (const leaf of leaves) this.#append(leaf);
      at = start + TILE_WIDTH;
    }
  }

  /** Whenever the tree is as large as one that was signed, it must have that root. */
  #append(leaf: Hash): void {
    if (this.from + this.#tree.size < this.#size) this.#pending.push(leaf);
    this.#tree.append(leaf);
    const signed = this.#roots[this.#nextRoot];
    if (signed?.size !== this.#tree.size) return;
    this.#nextRoot += 1;
    if (this.#tree.root() !== signed.root) this.#differs ??= { from: this.#good, to: signed.size };
    else if (!this.#differs) this.#good = signed.size;
  }

  /** Every tile that was signed must be stored, and hold what follows from the entries: it names the one that differs. */
  async #compareTiles(): Promise<void> {
    const made = this.#tiles.filter(({ level, index }) => (level === 0 || this.from === 0) && (index + 1) * TILE_WIDTH ** (level + 1) <= this.#size); // prettier-ignore
    const [levels, indices] = [made.map(({ level }) => level), made.map(({ index }) => index)];
    const { rows } = await this.client.query<{ level: number; index: string; hashes: Buffer; root: Buffer }>(
      `SELECT tile.level, tile."index", hashes, root FROM audit_tile tile
       JOIN unnest($1::smallint[], $2::bigint[]) AS made(level, "index") ON made.level = tile.level AND made."index" = tile."index"`,
      [levels, indices],
    );
    const stored = new Map(rows.map((row) => [`${row.level}/${row.index}`, row]));
    for (const tile of made) compareTile(tile, stored.get(`${tile.level}/${tile.index}`));
  }
}

const rewritten = ({ from, to }: Span) => new LogFault(from, `it or a later one below ${to} is not what was signed`);

function compareTile({ level, index, hashes, root }: Tile, found: { hashes: Buffer; root: Buffer } | undefined): void {
  const width = TILE_WIDTH ** level;
  if (!found) throw tileGone({ level, index });
  const stored = unpackHashes(found.hashes);
  const nth = hashes.findIndex((hash, at) => hash !== stored[at]);
  if (nth >= 0) throw new LogFault((index * TILE_WIDTH + nth) * width, "the tree holds another hash in its place");
  if (found.root.toString("latin1") !== root)
    throw new LogFault(index * TILE_WIDTH * width, `the tree holds another hash above it (tile ${level}/${index})`);
}
