import "server-only";
import type pg from "pg";
import { nodesAt, TILE_WIDTH, type Tile } from "./builder";
import { parseCheckpoint } from "./checkpoint";
import { packHashes, unpackHashes, type Hash } from "./hash";
import { TreeReader } from "./reader";

/** A pool, or one connection of it. */
export type Database = Pick<pg.ClientBase, "query">;

/** What was signed last, or at a certain size. */
export type StoredCheckpoint = { size: number; root: Hash; note: string; signedAt: Date };

type CheckpointRow = { size: string; root: Buffer; note: string; signed_at: Date };
const COLUMNS = "size, root, note, signed_at";

const checkpointOf = (row: CheckpointRow | undefined): StoredCheckpoint | null =>
  row ? { size: Number(row.size), root: row.root.toString("latin1"), note: row.note, signedAt: row.signed_at } : null;

/** The newest checkpoint; null where none was signed yet. */
export async function newestCheckpoint(database: Database): Promise<StoredCheckpoint | null> {
  const { rows } = await database.query<CheckpointRow>(
    `SELECT ${COLUMNS} FROM audit_checkpoint ORDER BY size DESC LIMIT 1`,
  );
  return checkpointOf(rows[0]);
}

/** The first checkpoint of a tree of at least that size; null where none was signed yet. */
export async function checkpointFrom(database: Database, size: number): Promise<StoredCheckpoint | null> {
  const { rows } = await database.query<CheckpointRow>(
    `SELECT ${COLUMNS} FROM audit_checkpoint WHERE size >= $1 ORDER BY size LIMIT 1`,
    [size],
  );
  return checkpointOf(rows[0]);
}

/** Writes a checkpoint. The database refuses one that is not larger than all others. */
export async function writeCheckpoint(database: Database, checkpoint: { size: number; note: string }): Promise<void> {
  const parsed = parseCheckpoint(checkpoint.note);
  if (parsed?.size !== checkpoint.size) throw new Error("the checkpoint does not say its size");
  await database.query("INSERT INTO audit_checkpoint (size, root, note) VALUES ($1, $2, $3)", [
    checkpoint.size,
    packHashes([parsed.root]),
    checkpoint.note,
  ]);
}

/** Writes complete tiles. */
export async function writeTiles(database: Database, tiles: readonly Tile[]): Promise<void> {
  for (const { level, index, hashes, root } of tiles)
    await database.query({
      name: "write-audit-tile",
      text: `INSERT INTO audit_tile (level, "index", hashes, root) VALUES ($1, $2, $3, $4)`,
      values: [level, index, packHashes(hashes), packHashes([root])],
    });
}

/** A part of the tree that should be stored is not: somebody took it away, or it has another length. */
export class TileMissing extends Error {
  override readonly name = "TileMissing";
  constructor(
    readonly level: number,
    readonly index: number,
  ) {
    super(`tile ${level}/${index} is missing`);
  }
}

/**
 * A tile as it is stored. One that is not complete is made from what stands below it: the leaves of the entries, or the nodes
 * above the tiles of the level below. Throws `TileMissing`.
 */
async function readTile(database: Database, level: number, index: number, width: number): Promise<readonly Hash[]> {
  // What was incomplete at the size that is read may be a whole tile since: its entries may have left the log then.
  const { rows } = await database.query<{ hashes: Buffer }>(
    `SELECT hashes FROM audit_tile WHERE level = $1 AND "index" = $2`,
    [level, index],
  );
  let hashes = rows[0] && unpackHashes(rows[0].hashes);
  if (!hashes && width < TILE_WIDTH) hashes = await nodesBelow(database, level, index * TILE_WIDTH, width);
  if (!hashes || hashes.length < width) throw new TileMissing(level, index);
  return hashes.slice(0, width);
}

async function nodesBelow(database: Database, level: number, first: number, width: number): Promise<Hash[]> {
  const { rows } =
    level === 0
      ? await database.query<{ hash: Buffer }>(
          "SELECT leaf AS hash FROM audit_entry WHERE idx >= $1 AND idx < $2 ORDER BY idx",
          [first, first + width],
        )
      : await database.query<{ hash: Buffer }>(
          `SELECT root AS hash FROM audit_tile WHERE level = $1 AND "index" >= $2 AND "index" < $3 ORDER BY "index"`,
          [level - 1, first, first + width],
        );
  return rows.map(({ hash }) => hash.toString("latin1"));
}

/** The stored tree as it was at a size that was signed. Nothing of it is believed before its root is that of the checkpoint. */
export function storedTree(database: Database, size: number): TreeReader {
  return new TreeReader(size, (level, index, width) => readTile(database, level, index, width));
}

/** The incomplete tiles at the edge of the stored tree, by level. */
export async function readEdge(database: Database, size: number): Promise<(readonly Hash[])[]> {
  const tree = storedTree(database, size);
  const partials: (readonly Hash[])[] = [];
  for (let level = 0; nodesAt(level, size) > 0; level++) {
    const index = Math.floor(nodesAt(level, size) / TILE_WIDTH);
    partials.push(tree.width(level, index) > 0 ? await tree.tile(level, index) : []);
  }
  return partials;
}
