import "server-only";
import type { z } from "zod";
import { pool } from "@/lib/db";
import { GatehouseError } from "@/lib/errors";
import { defineRead } from "@/lib/verb";
import { missingEntry } from "../archive/of-time";
import { READ_AUDIT } from "../search";
import { readLogKeys } from "../signer/keys";
import { TILE_WIDTH } from "../tree/builder";
import { parseCheckpoint } from "../tree/checkpoint";
import { hashToBase64, leafHashOf, packHashes, type Hash } from "../tree/hash";
import { verifierKeyText } from "../tree/note";
import { isConsistent, rootOfInclusion } from "../tree/proof";
import { checkpointFrom, newestCheckpoint, storedTree, TileMissing, type StoredCheckpoint } from "../tree/store";
import { tilePlace } from "./tile-path";
import type { checkpointAnswerSchema, CheckpointDto, consistencySchema, EntryProofDto } from "./schema";

/** Of these the proofs are made: they stand in the keeper's own words. */
const INTEGRATOR = "integrator";
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function toDto({ size, root, note, signedAt }: StoredCheckpoint): CheckpointDto {
  const origin = parseCheckpoint(note)?.origin ?? "";
  return { origin, size, root: hashToBase64(root), note, signedAt: signedAt.toISOString() };
}

/** The checkpoint of exactly that size, or the newest. Throws `checkpoint_not_found`. */
async function checkpointOf(size: number | undefined): Promise<StoredCheckpoint> {
  const found = size === undefined ? await newestCheckpoint(pool()) : await checkpointFrom(pool(), size);
  if (!found || (size !== undefined && found.size !== size)) throw new GatehouseError("checkpoint_not_found");
  return found;
}

/** What cannot be proved because the stored tree is not the one that was signed. */
const faulty = (internal: string) => new GatehouseError("log_fault", { internal });

/** Runs what reads the stored tree. Throws `log_fault` where a part of it is gone. */
async function fromTree<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TileMissing) throw faulty(error.message);
    throw error;
  }
}

/** A signed checkpoint, and the keys of the log. Errors: `checkpoint_not_found`. */
export const readCheckpoint = defineRead(
  READ_AUDIT,
  async (_scope, { size }: { size?: number }): Promise<z.infer<typeof checkpointAnswerSchema>> => {
    const checkpoint = toDto(await checkpointOf(size));
    const keys = await readLogKeys(pool());
    return {
      ...checkpoint,
      keys: keys.map((key) => ({
        verifierKey: verifierKeyText(key),
        keyId: key.id,
        fromSize: key.fromSize,
        untilSize: key.untilSize,
      })),
    };
  },
);

/** Proves that the log at one signed size began as at a smaller one. Errors: `checkpoint_not_found`, `log_fault`. */
export const proveConsistency = defineRead(
  READ_AUDIT,
  async (_scope, sizes: { from: number; to?: number }): Promise<z.infer<typeof consistencySchema>> => {
    const from = await checkpointOf(sizes.from);
    const to = await checkpointOf(sizes.to);
    if (from.size > to.size) throw new GatehouseError("checkpoint_not_found");
    const proof = await fromTree(() => storedTree(pool(), to.size).consistency(from.size));
    if (!isConsistent(from, to, proof)) throw faulty(`the trees of ${from.size} and ${to.size} entries do not fit`);
    return { from: toDto(from), to: toDto(to), proof: proof.map(hashToBase64) };
  },
);

/** A tile of the newest signed tree, its hashes side by side (C2SP tlog-tiles). Errors: `tile_not_found`, `log_fault`. */
export const readTile = defineRead(
  READ_AUDIT,
  async (_scope, input: { level: string; index: string }): Promise<Buffer<ArrayBuffer>> => {
    const place = tilePlace(input.level, input.index);
    const newest = place && (await newestCheckpoint(pool()));
    if (!newest) throw new GatehouseError("tile_not_found");
    const tree = storedTree(pool(), newest.size);
    // Of a tile that has grown since, its beginning is as good as ever.
    const width = tree.width(place.level, place.index);
    if (width < place.width || width === 0) throw new GatehouseError("tile_not_found");
    const tile = await fromTree(() => tree.tile(place.level, place.index));
    return packHashes(tile.slice(0, Math.min(place.width, TILE_WIDTH)));
  },
);

type Row = { idx: string; body: string };

/**
 * Whether an entry is proved, and the proof, which was checked: its leaf is made anew from its body, and leads to the root that
 * was signed. `id` is the entry's id or index. Of one that was archived, by its index, what the tree
 * has of it. Errors: `entry_not_found`, `entry_archived` by id, `checkpoint_not_found` where `size` names none.
 */
export const proofOfEntry = defineRead(
  READ_AUDIT,
  async (_scope, { id, size }: { id: string; size?: number }): Promise<EntryProofDto> => {
    const { rows } = await pool().query<Row>(
      `SELECT idx, body FROM audit_entry WHERE ${UUID.test(id) ? "id = $1::uuid" : "idx = $1::bigint"}`,
      [id],
    );
    const [row] = rows;
    if (!row) return proofOfArchived(id, size);
    const index = Number(row.idx);
    const leaf = leafHashOf(Buffer.from(`\0${row.body}`));
    const checkpoint = size === undefined ? await newestCheckpoint(pool()) : await checkpointOf(size);
    const known = { index, leaf: hashToBase64(leaf) };
    if (!checkpoint || checkpoint.size <= index)
      return { ...known, state: "waiting", fault: await integratorFault(), checkpoint: null, proof: null };
    const proof = await inclusionOf(checkpoint, index);
    const proved = proof !== null && rootOfInclusion(index, checkpoint.size, leaf, proof) === checkpoint.root;
    return {
      ...known,
      state: proved ? "proved" : "fault",
      fault: proved ? null : "This entry is not what was signed, or the stored tree is not.",
      checkpoint: toDto(checkpoint),
      proof: proof?.map(hashToBase64) ?? null,
    };
  },
);

/** The proof of an entry that left the log, by its index: that the leaf which the tree has of it is in the signed tree. */
async function proofOfArchived(id: string, size: number | undefined): Promise<EntryProofDto> {
  const missing = await missingEntry(id);
  if (missing.code !== "entry_archived" || UUID.test(id)) throw missing;
  const index = Number(id);
  const checkpoint = await checkpointOf(size);
  if (checkpoint.size <= index) throw new GatehouseError("checkpoint_not_found");
  const tree = storedTree(pool(), checkpoint.size);
  const leaf = await fromTree(
    async () => (await tree.tile(0, Math.floor(index / TILE_WIDTH)))[index % TILE_WIDTH] ?? "",
  );
  const proof = await inclusionOf(checkpoint, index);
  const proved = proof !== null && rootOfInclusion(index, checkpoint.size, leaf, proof) === checkpoint.root;
  return {
    index,
    leaf: hashToBase64(leaf),
    state: proved ? "archived" : "fault",
    fault: proved ? null : "The stored tree is not the one that was signed.",
    checkpoint: toDto(checkpoint),
    proof: proof?.map(hashToBase64) ?? null,
  };
}

async function inclusionOf(checkpoint: StoredCheckpoint, index: number): Promise<Hash[] | null> {
  try {
    return await storedTree(pool(), checkpoint.size).inclusion(index);
  } catch (error) {
    if (error instanceof TileMissing) return null;
    throw error;
  }
}

/** Why nothing more is signed; null where that is not so. */
async function integratorFault(): Promise<string | null> {
  const { rows } = await pool().query<{ fault: string | null }>("SELECT fault FROM keeper_job WHERE name = $1", [
    INTEGRATOR,
  ]);
  return rows[0]?.fault ?? null;
}
