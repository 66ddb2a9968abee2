import "server-only";
import { readArchivedSpans } from "../archive/spans";
import { readLogKeys, type LogKey } from "../signer/keys";
import { TILE_WIDTH } from "../tree/builder";
import { hashToBase64, packHashes, type Hash } from "../tree/hash";
import { verifierKeyText } from "../tree/note";
import type { TreeReader } from "../tree/reader";
import { checkpointFrom, storedTree, type Database, type StoredCheckpoint } from "../tree/store";

/** The form of a bundle: lines of JSON, each made for being checked when it comes (`tools/verify-audit.mjs`). */
export const BUNDLE_FORMAT = "gatehouse-audit-bundle";
export const BUNDLE_VERSION = 1;

/** An entry as it is bundled: its body as it was hashed, byte for byte. */
export type BundledEntry = { index: number; recordedAt?: string; body: string };

/** What of the log is in a bundle. `complete`: every entry from `from` until before `to`; else what a filter left of them. */
export type Selection = { from: number; to: number; complete: boolean; filter?: Record<string, unknown> };

/** From so many entries of the same 256 on they are proved together. */
const TOGETHER = 8;

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;
const base64 = (hashes: readonly Hash[]): string[] => hashes.map(hashToBase64);

/**
 * The lines of a bundle, as entries come, in their order; those that the checkpoint does not cover are left out. Every entry can
 * be checked against the one checkpoint by itself, so that the first one that is not as it was is named.
 */
export async function* bundleLines(
  database: Database,
  checkpoint: StoredCheckpoint,
  selection: Selection,
  batches: AsyncIterable<readonly BundledEntry[]>,
): AsyncGenerator<string> {
  const tree = storedTree(database, checkpoint.size);
  yield line(await header(database, checkpoint, tree, selection));
  let waiting: BundledEntry[] = [];
  let entries = 0;
  for await (const batch of batches)
    for (const entry of batch) {
      if (entry.index >= checkpoint.size) continue;
      const [first] = waiting;
      if (first && Math.floor(first.index / TILE_WIDTH) !== Math.floor(entry.index / TILE_WIDTH)) {
        yield await segment(tree, waiting);
        waiting = [];
      }
      waiting.push(entry);
      entries += 1;
    }
  if (waiting.length > 0) yield await segment(tree, waiting);
  yield line({ end: true, entries });
}

async function header(database: Database, checkpoint: StoredCheckpoint, tree: TreeReader, selection: Selection) {
  const keys = (await readLogKeys(database)).filter(({ fromSize }) => fromSize !== null && fromSize <= tree.size);
  return {
    format: BUNDLE_FORMAT,
    version: BUNDLE_VERSION,
    checkpoint: checkpoint.note,
    keys: keys.map(verifierKeyText),
    rotations: await rotationsOf(database, tree, keys),
    selection,
    ...(selection.complete ? { archived: await archivedWithin(database, tree, selection) } : {}),
  };
}

/** What of the selection is in archives: each span with the entry that says so, and the proof that this was signed. */
async function archivedWithin(database: Database, tree: TreeReader, { from, to }: Selection) {
  const within = (await readArchivedSpans(database)).filter((span) => span.from < to && span.to > from);
  const spans: { from: number; to: number; entry: BundledEntry & { proof: string[] } }[] = [];
  for (const { entry, ...span } of within)
    if (entry && entry.index < tree.size)
      spans.push({
        from: span.from,
        to: span.to,
        entry: { ...entry, proof: base64(await tree.inclusion(entry.index)) },
      });
  return spans;
}

/** The checkpoints that an old and a new key signed together, each with the proof that the log went on from it. */
async function rotationsOf(database: Database, tree: TreeReader, keys: readonly LogKey[]) {
  const rotations: { checkpoint: string; consistency: string[] }[] = [];
  for (const { fromSize } of keys.slice(1)) {
    const signed = await checkpointFrom(database, fromSize ?? 0);
    if (signed && signed.size <= tree.size)
      rotations.push({ checkpoint: signed.note, consistency: base64(await tree.consistency(signed.size)) });
  }
  return rotations;
}

/** Entries of one tile: many with all of its leaves and what stands to the left and right of it, few each with its own proof. */
async function segment(tree: TreeReader, entries: readonly BundledEntry[]): Promise<string> {
  if (entries.length < TOGETHER) {
    const lines: string[] = [];
    for (const entry of entries) lines.push(line({ ...entry, proof: base64(await tree.inclusion(entry.index)) }));
    return lines.join("");
  }
  const tile = Math.floor((entries[0]?.index ?? 0) / TILE_WIDTH);
  const from = tile * TILE_WIDTH;
  const to = from + tree.width(0, tile);
  const proof = {
    segment: { from, to },
    left: base64(await tree.cover([0, from])),
    right: base64(await tree.cover([to, tree.size])),
    leaves: packHashes(await tree.tile(0, tile)).toString("base64"),
  };
  return line(proof) + entries.map(line).join("");
}

const BATCH = 4096;

/** Every entry from `from` until before `to`, a batch at a time. */
export async function* entriesOf(
  database: Database,
  { from, to }: { from: number; to: number },
): AsyncGenerator<BundledEntry[]> {
  for (let at = from; at < to; at += BATCH) {
    const { rows } = await database.query<{ idx: string; body: string }>(
      "SELECT idx, body FROM audit_entry WHERE idx >= $1 AND idx < $2 ORDER BY idx",
      [at, Math.min(to, at + BATCH)],
    );
    yield rows.map(({ idx, body }) => ({ index: Number(idx), body }));
  }
}
