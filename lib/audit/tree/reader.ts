import "server-only";
import { Recent } from "@/lib/recent";
import { nodesAt, TILE_HEIGHT, TILE_WIDTH } from "./builder";
import type { Hash } from "./hash";
import { consistencySpans, coverOf, inclusionSpans, RootOf, type Span, type Subtree } from "./proof";

/** Where tiles come from. `width` is 256, or less for the last one of its level in the tree that is read. */
export type TileSource = (level: number, index: number, width: number) => Promise<readonly Hash[]>;

const KEPT_TILES = 64;

/** A tree of a certain size, read tile by tile. */
export class TreeReader {
  readonly #tiles = new Recent<readonly Hash[]>(KEPT_TILES);

  constructor(
    readonly size: number,
    private readonly source: TileSource,
  ) {}

  /** How many hashes a tile has in this tree; 0 where there is none. */
  width(level: number, index: number): number {
    return Math.max(0, Math.min(TILE_WIDTH, nodesAt(level, this.size) - index * TILE_WIDTH));
  }

  async tile(level: number, index: number): Promise<readonly Hash[]> {
    const key = `${level}/${index}`;
    const known = this.#tiles.get(key);
    if (known) return known;
    const tile = await this.source(level, index, this.width(level, index));
    this.#tiles.set(key, tile);
    return tile;
  }

  /** The hash of a complete subtree. */
  async #node({ height, index }: Subtree): Promise<Hash> {
    const above = height % TILE_HEIGHT;
    const count = 2 ** above;
    const first = index * count;
    const tile = await this.tile((height - above) / TILE_HEIGHT, Math.floor(first / TILE_WIDTH));
    const root = new RootOf();
    for (const hash of tile.slice(first % TILE_WIDTH, (first % TILE_WIDTH) + count)) root.add(hash, 0);
    return root.root();
  }

  /** The hashes of the complete subtrees that make up a span. */
  async cover(span: Span): Promise<Hash[]> {
    const hashes: Hash[] = [];
    for (const subtree of coverOf(span)) hashes.push(await this.#node(subtree));
    return hashes;
  }

  /** The hash of a span that starts where a subtree does. */
  async spanHash(span: Span): Promise<Hash> {
    const root = new RootOf();
    for (const subtree of coverOf(span)) root.add(await this.#node(subtree), subtree.height);
    return root.root();
  }

  /** The root of the tree when it had `size` entries. */
  rootAt(size: number): Promise<Hash> {
    return this.spanHash([0, size]);
  }

  /** Proves that an entry is in the tree. */
  async inclusion(index: number): Promise<Hash[]> {
    return this.#hashes(inclusionSpans(index, this.size));
  }

  /** Proves that the tree began as one of `older` entries. */
  async consistency(older: number): Promise<Hash[]> {
    return this.#hashes(consistencySpans(older, this.size));
  }

  async #hashes(spans: readonly Span[]): Promise<Hash[]> {
    const hashes: Hash[] = [];
    for (const span of spans) hashes.push(await this.spanHash(span));
    return hashes;
  }
}
