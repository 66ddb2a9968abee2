import "server-only";
import { EMPTY_ROOT, nodeHash, type Hash } from "./hash";

// Sizes are far below 2^53, but may be above 2^31: no bit operators.

/** A part of the tree: the entries from `from` until before `to`. */
export type Span = readonly [from: number, to: number];

/** A complete subtree: 2^height entries, from index × 2^height on. */
export type Subtree = { height: number; index: number };

/** The largest power of two that is less than `size` (≥ 2). */
function split(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}

/** The fewest complete subtrees that make up a span, from left to right. */
export function coverOf([from, to]: Span): Subtree[] {
  const cover: Subtree[] = [];
  for (let at = from; at < to;) {
    let height = 0;
    let width = 1;
    while (at % (width * 2) === 0 && at + width * 2 <= to) {
      width *= 2;
      height += 1;
    }
    cover.push({ height, index: at / width });
    at += width;
  }
  return cover;
}

/** The spans whose hashes prove that an entry is in a tree, lowest first (RFC 6962 §2.1.1). */
export function inclusionSpans(index: number, size: number): Span[] {
  const path: Span[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + split(to - from);
    if (index < middle) {
      path.push([middle, to]);
      to = middle;
    } else {
      path.push([from, middle]);
      from = middle;
    }
  }
  return path.reverse();
}

/** The spans whose hashes prove that a tree began as a smaller one, lowest first (RFC 6962 §2.1.2). */
export function consistencySpans(older: number, size: number): Span[] {
  if (older === 0 || older === size) return [];
  const path: Span[] = [];
  let [from, to] = [0, size];
  while (older < to) {
    const middle = from + split(to - from);
    if (older <= middle) {
      path.push([middle, to]);
      to = middle;
    } else {
      path.push([from, middle]);
      from = middle;
    }
  }
  // Where the older tree is this very subtree from the left edge on, whoever checks it has its hash.
  if (from > 0) path.push([from, to]);
  return path.reverse();
}

/** The root that follows from an inclusion proof (RFC 9162 §2.1.3.2); null where it has the wrong length. */
export function rootOfInclusion(index: number, size: number, leaf: Hash, proof: readonly Hash[]): Hash | null {
  if (index < 0 || index >= size) return null;
  let [at, last] = [index, size - 1];
  let root = leaf;
  for (const hash of proof) {
    if (last === 0) return null;
    if (at % 2 === 1 || at === last) {
      root = nodeHash(hash, root);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else root = nodeHash(root, hash);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 ? root : null;
}

/** True where the proof shows that the tree with `root` began as the one with `olderRoot` (RFC 9162 §2.1.4.2). */
export function isConsistent(
  older: { size: number; root: Hash },
  newer: { size: number; root: Hash },
  proof: readonly Hash[],
): boolean {
  if (older.size > newer.size) return false;
  if (older.size === newer.size) return proof.length === 0 && older.root === newer.root;
  if (older.size === 0) return proof.length === 0 && older.root === EMPTY_ROOT;
  let [at, last] = [older.size - 1, newer.size - 1];
  while (at % 2 === 1) [at, last] = [(at - 1) / 2, Math.floor(last / 2)];
  // A tree that is complete by itself is the first hash of the path, and is left out of it.
  const path = at === 0 ? [older.root, ...proof] : proof;
  const [first, ...rest] = path;
  if (first === undefined) return false;
  let [olderRoot, newerRoot] = [first, first];
  for (const hash of rest) {
    if (last === 0) return false;
    if (at % 2 === 1 || at === last) {
      olderRoot = nodeHash(hash, olderRoot);
      newerRoot = nodeHash(hash, newerRoot);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else newerRoot = nodeHash(newerRoot, hash);
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 && olderRoot === older.root && newerRoot === newer.root;
}

/** A root from nodes that come from left to right and cover everything. Height says how large each is. */
export class RootOf {
  readonly #stack: { height: number; hash: Hash }[] = [];

  add(hash: Hash, height: number): void {
    let node = { height, hash };
    for (let left = this.#stack.at(-1); left?.height === node.height; left = this.#stack.at(-1)) {
      this.#stack.pop();
      node = { height: node.height + 1, hash: nodeHash(left.hash, node.hash) };
    }
    this.#stack.push(node);
  }

  root(): Hash {
    return this.#stack.reduceRight<Hash | null>(
      (right, { hash }) => (right === null ? hash : nodeHash(hash, right)),
      null,
    ) ?? EMPTY_ROOT; // prettier-ignore
  }
}

/**
 * The root that follows from a span's leaves and the hashes to its left and right (those of `coverOf` there); null where their
 * numbers are wrong.
 */
export function rootOfSpan(
  [from, to]: Span,
  size: number,
  { left, leaves, right }: { left: readonly Hash[]; leaves: readonly Hash[]; right: readonly Hash[] },
): Hash | null {
  const [before, after] = [coverOf([0, from]), coverOf([to, size])];
  if (from > to || to > size) return null;
  if (left.length !== before.length || right.length !== after.length || leaves.length !== to - from) return null;
  const root = new RootOf();
  before.forEach(({ height }, nth) => root.add(left[nth] as Hash, height));
  for (const leaf of leaves) root.add(leaf, 0);
  after.forEach(({ height }, nth) => root.add(right[nth] as Hash, height));
  return root.root();
}
