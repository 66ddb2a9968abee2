import "server-only";
import { EMPTY_ROOT, nodeHash, type Hash } from "./hash";

/** A tile's height and width (C2SP tlog-tiles): 256 nodes side by side. */
export const TILE_HEIGHT = 8;
export const TILE_WIDTH = 256;

/** A complete tile. */
export type Tile = { level: number; index: number; hashes: readonly Hash[]; root: Hash };

/** How many hashes the tiles of a level have in a tree of `size` entries. */
export const nodesAt = (level: number, size: number): number => Math.floor(size / TILE_WIDTH ** level);

/** The right edge of a tree that grows: of each entry the hash alone passes through, and complete tiles come out. */
export class TreeBuilder {
  /** By height: the complete subtree that waits for its right neighbour. */
  readonly #nodes: (Hash | undefined)[] = [];
  /** By level: the tile that is not complete. */
  readonly #tiles: Hash[][] = [];
  readonly #emit: (tile: Tile) => void;
  #size = 0;

  constructor(emit: (tile: Tile) => void) {
    this.#emit = emit;
  }

  /** Goes on with a tree of which the incomplete tiles are known. @param partials by level, lowest first */
  static resume(size: number, partials: readonly (readonly Hash[])[], emit: (tile: Tile) => void): TreeBuilder {
    const builder = new TreeBuilder(emit);
    partials.forEach((hashes, level) => {
      if (hashes.length !== nodesAt(level, size) % TILE_WIDTH)
        throw new Error(`the edge does not fit ${size} entries at level ${level}`);
      for (const hash of hashes) builder.#add(hash, level * TILE_HEIGHT);
    });
    builder.#size = size;
    return builder;
  }

  get size(): number {
    return this.#size;
  }

  /** Appends an entry's leaf. */
  append(leaf: Hash): void {
    this.#size += 1;
    this.#add(leaf, 0);
  }

  #add(hash: Hash, height: number): void {
    let node = hash;
    for (let at = height; ; at++) {
      if (at % TILE_HEIGHT === 0) this.#intoTile(node, at / TILE_HEIGHT);
      const left = this.#nodes[at];
      if (left === undefined) {
        this.#nodes[at] = node;
        return;
      }
      node = nodeHash(left, node);
      this.#nodes[at] = undefined;
      if ((at + 1) % TILE_HEIGHT === 0) this.#complete(node, (at + 1) / TILE_HEIGHT - 1);
    }
  }

  #intoTile(node: Hash, level: number): void {
    (this.#tiles[level] ??= []).push(node);
  }

  /** The node above a whole tile was made: the tile goes out. */
  #complete(root: Hash, level: number): void {
    const hashes = this.#tiles[level] ?? [];
    this.#tiles[level] = [];
    // Of this level as many hashes have come as there are subtrees of its height.
    this.#emit({ level, index: nodesAt(level + 1, this.#size) - 1, hashes, root });
  }

  /** The root of the tree as it is now (RFC 6962 §2.1). */
  root(): Hash {
    let root: Hash | undefined;
    for (const node of this.#nodes) {
      if (node !== undefined) root = root === undefined ? node : nodeHash(node, root);
    }
    return root ?? EMPTY_ROOT;
  }
}
