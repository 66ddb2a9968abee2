import "server-only";
import type pg from "pg";
import { inClientTransaction } from "@/lib/client-transaction";
import type { Anchor } from "./anchor/anchor";
import { compareWithNotes } from "./anchor/compare";
import { EntryCheck } from "./proof/check";
import { LogFault, tileGone } from "./proof/fault";
import { scanEntries } from "./proof/scan";
import { readLogKeys, readSigner, type LogKey } from "./signer/keys";
import { TILE_WIDTH, TreeBuilder, type Tile } from "./tree/builder";
import { parseCheckpoint, signCheckpoint } from "./tree/checkpoint";
import { isSignedBy, type SignerKey } from "./tree/note";
import {
  newestCheckpoint,
  readEdge,
  storedTree,
  TileMissing,
  writeCheckpoint,
  writeTiles,
  type StoredCheckpoint,
} from "./tree/store";

/** So many entries become part of the tree in one transaction. */
const AT_ONCE = 128 * TILE_WIDTH;

/** What one step did: how large the signed tree is, and whether there is more to do. */
export type Integrated = { size: number; more: boolean };

/**
 * Makes the tree grow with the log, and signs it. It believes nothing that is stored: leaves are made anew from bodies, columns
 * are compared with them, and the tree that it goes on from must have the root that was signed. Where anything is otherwise it
 * throws `LogFault`, and nothing is signed. Whoever calls it makes sure that it is called by one process at a time.
 */
export class Integrator {
  /** The tree as this process knows it, where it does. */
  #tree: TreeBuilder | undefined;
  #tiles: Tile[] = [];
  readonly #anchors: readonly Anchor[];

  /** @param anchors what remembers earlier checkpoints: the tree must go on from all of them */
  constructor(anchors: readonly Anchor[] = []) {
    this.#anchors = anchors;
  }

  /** One step, in one transaction: tiles and checkpoint are there together, or neither is. */
  async step(client: pg.ClientBase): Promise<Integrated> {
    // One snapshot: the log's counter, and every entry below it.
    try {
      return await inClientTransaction(client, () => this.#grow(client), "BEGIN ISOLATION LEVEL REPEATABLE READ");
    } catch (error) {
      this.#tree = undefined; // it has seen entries of which nothing was kept
      throw error;
    }
  }

  async #grow(client: pg.ClientBase): Promise<Integrated> {
    const { rows } = await client.query<{ next: string }>("SELECT next FROM audit_head WHERE id = 1");
    const end = Number(rows[0]?.next ?? 0);
    const signed = await newestCheckpoint(client);
    const size = signed?.size ?? 0;
    if (end < size) throw new LogFault(end, "it was signed, and the log ends before it");
    const tree = this.#known(signed) ?? (await this.#resume(client, signed));
    if (end === size) return { size, more: false };
    const to = Math.min(end, size + AT_ONCE);
    const check = new EntryCheck(size);
    this.#tiles = [];
    await scanEntries(client, { from: size, to }, (entry) => tree.append(check.leafOf(entry)));
    check.finish(to);
    await writeTiles(client, this.#tiles);
    await sign(client, tree);
    return { size: to, more: to < end };
  }

  /** The tree that this process has, where it is still the one that was signed last. */
  #known(signed: StoredCheckpoint | null): TreeBuilder | null {
    const tree = this.#tree;
    return tree?.size === (signed?.size ?? 0) && (!signed || tree.root() === signed.root) ? tree : null;
  }

  /** The tree that was signed last, from what is stored of it. */
  async #resume(client: pg.ClientBase, signed: StoredCheckpoint | null): Promise<TreeBuilder> {
    const emit = (tile: Tile) => void this.#tiles.push(tile);
    this.#tiles = [];
    await this.#compareWithAnchors(client, signed?.size ?? 0);
    if (!signed) return (this.#tree = new TreeBuilder(emit));
    requireSigned(signed, await readLogKeys(client));
    const first = signed.size - (signed.size % TILE_WIDTH);
    const check = new EntryCheck(first);
    await scanEntries(client, { from: first, to: signed.size }, (entry) => void check.leafOf(entry));
    check.finish(signed.size);
    const tree = TreeBuilder.resume(signed.size, await edgeOf(client, signed.size), emit);
    if (tree.root() !== signed.root)
      throw new LogFault(0, `it or a later one below ${signed.size} is not what was signed, or the stored tree is not`);
    return (this.#tree = tree);
  }

  async #compareWithAnchors(client: pg.ClientBase, size: number): Promise<void> {
    const tree = storedTree(client, size);
    const keys = await readLogKeys(client);
    for (const anchor of this.#anchors)
      await compareWithNotes((await anchor.notes()).slice(-1), { size, keys, rootAt: (at) => tree.rootAt(at) });
  }
}

async function edgeOf(client: pg.ClientBase, size: number) {
  try {
    return await readEdge(client, size);
  } catch (error) {
    if (!(error instanceof TileMissing)) throw error;
    throw tileGone(error);
  }
}

/** Throws `LogFault` where a stored checkpoint is not what one of the log's keys signed. */
export function requireSigned(stored: StoredCheckpoint, keys: readonly LogKey[]): void {
  const said = parseCheckpoint(stored.note);
  const fits = said?.size === stored.size && said.root === stored.root;
  if (!fits || !keys.some((key) => key.name === said.origin && isSignedBy(said.note, key)))
    throw new LogFault(0, `the checkpoint of ${stored.size} entries was not signed by a key of this log`);
}

/** Signs the tree: with the active key, and with one that waits for it once the entry that announced it is covered. */
async function sign(client: pg.ClientBase, tree: TreeBuilder): Promise<void> {
  const { size } = tree;
  const open = (await readLogKeys(client)).filter(({ untilSize }) => untilSize === null);
  const active = open.find(({ fromSize }) => fromSize !== null);
  const waiting = open.find(({ fromSize }) => fromSize === null);
  // The first key has nobody to announce it to: it signs at once.
  const due = waiting && (!active || (await isCovered(client, waiting, size))) ? waiting : undefined;
  const signers: SignerKey[] = [];
  for (const key of [active, due]) if (key) signers.push(await readSigner(client, key));
  const [first] = signers;
  if (!first) throw new Error("the audit log has no key to sign with");
  const note = signCheckpoint({ origin: first.name, size, root: tree.root() }, signers);
  await writeCheckpoint(client, { size, note });
  if (!due) return;
  if (active)
    await client.query("UPDATE audit_signer SET until_size = $2, sealed_private = NULL WHERE key_id = $1", [
      active.id,
      size,
    ]);
  await client.query("UPDATE audit_signer SET from_size = $2 WHERE key_id = $1", [due.id, size]);
}

async function isCovered(client: pg.ClientBase, key: LogKey, size: number): Promise<boolean> {
  const { rows } = await client.query<{ idx: string }>("SELECT idx FROM audit_entry WHERE id = $1", [key.entryId]);
  return rows[0] !== undefined && Number(rows[0].idx) < size;
}
