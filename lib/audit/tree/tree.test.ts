import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nodesAt, TILE_WIDTH, TreeBuilder, type Tile } from "./builder";
import { EMPTY_ROOT, leafHashOf, packHashes, unpackHashes, type Hash } from "./hash";
import { coverOf, isConsistent, rootOfInclusion, rootOfSpan } from "./proof";
import { TreeReader } from "./reader";

const leaves = (count: number): Hash[] =>
  Array.from({ length: count }, (_, nth) => leafHashOf(Buffer.from(`\0entry ${nth}`)));

/** RFC 6962 §2.1, word for word and slowly. */
function rootByDefinition(hashes: readonly Hash[]): Hash {
  if (hashes.length === 0) return createHash("sha256").digest("binary");
  if (hashes.length === 1) return hashes[0] as Hash;
  let k = 1;
  while (k * 2 < hashes.length) k *= 2;
  const [left, right] = [rootByDefinition(hashes.slice(0, k)), rootByDefinition(hashes.slice(k))];
  return createHash("sha256")
    .update(Buffer.from(`\x01${left}${right}`, "latin1"))
    .digest("binary");
}

/** Builds a tree, and reads it by its tiles: those that are complete, and the rest by what stands below them. */
function grown(all: readonly Hash[]): { builder: TreeBuilder; tiles: Map<string, Tile>; reader: TreeReader } {
  const tiles = new Map<string, Tile>();
  const builder = new TreeBuilder((tile) => tiles.set(`${tile.level}/${tile.index}`, tile));
  for (const leaf of all) builder.append(leaf);
  const reader = new TreeReader(all.length, (level, index, width) => Promise.resolve(tileOf(level, index, width)));
  const tileOf = (level: number, index: number, width: number): Hash[] => {
    const tile = tiles.get(`${level}/${index}`);
    if (tile) return tile.hashes.slice(0, width);
    const first = index * TILE_WIDTH;
    if (level === 0) return all.slice(first, first + width);
    return Array.from({ length: width }, (_, nth) => tiles.get(`${level - 1}/${first + nth}`)?.root ?? "");
  };
  return { builder, tiles, reader };
}

const MANY = leaves(70_000);
const sizes = fc.oneof(fc.integer({ min: 1, max: 1100 }), fc.constantFrom(255, 256, 257, 511, 512, 65_536, 65_537, 70_000)); // prettier-ignore
const altered = (hash: Hash): Hash => leafHashOf(Buffer.from(`other ${hash}`));

describe("the tree", () => {
  it("has the root that RFC 6962 defines, at every size up to 600", () => {
    const builder = new TreeBuilder(() => undefined);
    expect(builder.root()).toBe(EMPTY_ROOT);
    for (let size = 1; size <= 600; size++) {
      builder.append(MANY[size - 1] as Hash);
      expect(builder.root() === rootByDefinition(MANY.slice(0, size))).toBe(true);
    }
  });

  it("gives out each complete tile once, with its 256 nodes and the one above them", () => {
    const { tiles } = grown(MANY);
    expect([...tiles.keys()].filter((key) => key.startsWith("0/")).length).toBe(nodesAt(1, MANY.length));
    expect(tiles.get("1/0")?.hashes).toEqual(Array.from({ length: 256 }, (_, nth) => tiles.get(`0/${nth}`)?.root));
    expect(tiles.get("0/3")?.hashes).toEqual(MANY.slice(768, 1024));
    expect(tiles.get("1/0")?.root).toBe(rootByDefinition(MANY.slice(0, 65_536)));
  });

  it("goes on from its incomplete tiles as if it had never stopped", async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 0, max: 600 }), async (size, more) => {
        const all = MANY.slice(0, Math.min(size + more, MANY.length));
        const { reader } = grown(all.slice(0, size));
        const partials: (readonly Hash[])[] = [];
        for (let level = 0; nodesAt(level, size) > 0; level++) {
          const index = Math.floor(nodesAt(level, size) / TILE_WIDTH);
          partials.push(reader.width(level, index) > 0 ? await reader.tile(level, index) : []);
        }
        const late = new Map<string, Tile>();
        const resumed = TreeBuilder.resume(size, partials, (tile) => late.set(`${tile.level}/${tile.index}`, tile));
        for (const leaf of all.slice(size)) resumed.append(leaf);
        const { builder, tiles } = grown(all);
        expect(resumed.root() === builder.root()).toBe(true);
        for (const [place, tile] of late) expect(tile).toEqual(tiles.get(place));
      }),
      { numRuns: 60 },
    );
  });

  it("keeps hashes side by side without loss, whatever bytes they have", () => {
    const all = MANY.slice(0, 256);
    expect(packHashes(all).length).toBe(8192);
    expect(unpackHashes(packHashes(all))).toEqual(all);
  });
});

describe("an inclusion proof", () => {
  it("leads from any entry to the root, and from any other leaf, index, size or altered hash to none", async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), fc.nat(), async (size, pick, other) => {
        const { reader, builder } = grown(MANY.slice(0, size));
        const index = pick % size;
        const leaf = MANY[index] as Hash;
        const proof = await reader.inclusion(index);
        const root = builder.root();
        expect(rootOfInclusion(index, size, leaf, proof) === root).toBe(true);
        expect(rootOfInclusion(index, size, altered(leaf), proof) === root).toBe(false);
        expect(rootOfInclusion(size, size, leaf, proof)).toBeNull();
        if (other % size !== index) expect(rootOfInclusion(other % size, size, leaf, proof) === root).toBe(false);
        expect(rootOfInclusion(index, size, leaf, [...proof, leaf])).toBeNull();
        if (proof.length === 0) return;
        const changed = proof.map((hash, nth) => (nth === other % proof.length ? altered(hash) : hash));
        expect(rootOfInclusion(index, size, leaf, changed) === root).toBe(false);
        expect(rootOfInclusion(index, size, leaf, proof.slice(1)) === root).toBe(false);
      }),
      { numRuns: 120 },
    );
  });
});

describe("a consistency proof", () => {
  it("shows that a tree began as a smaller one, and shows it of no other tree", async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), fc.nat(), async (size, pick, which) => {
        const older = 1 + (pick % size);
        const { reader, builder } = grown(MANY.slice(0, size));
        const [before, after] = [await reader.rootAt(older), builder.root()];
        const proof = await reader.consistency(older);
        const shows = (a: Hash, b: Hash, path: readonly Hash[] = proof) =>
          isConsistent({ size: older, root: a }, { size, root: b }, path);
        expect(before === grown(MANY.slice(0, older)).builder.root()).toBe(true);
        expect(shows(before, after)).toBe(true);
        expect(shows(altered(before), after)).toBe(false);
        expect(shows(before, altered(after))).toBe(false);
        expect(shows(before, after, [...proof, before])).toBe(false);
        for (const nth of proof.length > 0 ? [which % proof.length] : [])
          expect(shows(before, after, proof.map((hash, at) => (at === nth ? altered(hash) : hash)))).toBe(false); // prettier-ignore
        // A history that differs before the older size has another root there: no proof joins them.
        const forked = MANY.slice(0, size).map((leaf, at) => (at === which % older ? altered(leaf) : leaf));
        const fork = grown(forked);
        expect(isConsistent({ size: older, root: before }, { size, root: fork.builder.root() }, await fork.reader.consistency(older))).toBe(false); // prettier-ignore
      }),
      { numRuns: 120 },
    );
  });

  it("is refused where the newer tree is smaller", () => {
    expect(isConsistent({ size: 2, root: EMPTY_ROOT }, { size: 1, root: EMPTY_ROOT }, [])).toBe(false);
  });
});

describe("the proof of a span", () => {
  it("leads from its leaves and the hashes at both its edges to the root, and from altered ones to another", async () => {
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(), fc.nat(), async (size, a, b) => {
        const [from, to] = [Math.min(a % size, b % size), Math.max(a % size, b % size) + 1];
        const { reader, builder } = grown(MANY.slice(0, size));
        const left = await reader.cover([0, from]);
        const right = await reader.cover([to, size]);
        const inner = MANY.slice(from, to);
        const root = builder.root();
        expect(rootOfSpan([from, to], size, { left, leaves: inner, right }) === root).toBe(true);
        expect(rootOfSpan([from, to], size, { left, leaves: inner.slice(1), right })).toBeNull();
        inner[a % inner.length] = altered(root);
        expect(rootOfSpan([from, to], size, { left, leaves: inner, right }) === root).toBe(false);
      }),
      { numRuns: 120 },
    );
  });

  it("covers any span with the fewest complete subtrees, without a gap", () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 40 }), fc.nat({ max: 10_000 }), (from, length) => {
        let at = from;
        for (const { height, index } of coverOf([from, from + length])) {
          expect(index * 2 ** height).toBe(at);
          at += 2 ** height;
        }
        expect(at).toBe(from + length);
      }),
    );
  });
});
