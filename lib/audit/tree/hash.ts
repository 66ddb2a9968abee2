import "server-only";
import { hash } from "node:crypto";

/** A SHA-256 hash as a text of 32 Latin-1 characters, one for each byte: Node makes, keeps and compares it at a third of a Buffer's price. */
export type Hash = string;

/** How many bytes a hash has. */
export const HASH_BYTES = 32;

/** `SHA-256(0x01 ‖ left ‖ right)`, a node of the tree (RFC 6962 §2.1). */
export function nodeHash(left: Hash, right: Hash): Hash {
  NODE.write(left, 1, "latin1");
  NODE.write(right, 1 + HASH_BYTES, "latin1");
  return hash("sha256", NODE, "binary");
}

/** The first byte is 1, and stays so. */
const NODE = Buffer.alloc(1 + 2 * HASH_BYTES, 1);

/** `SHA-256(0x00 ‖ body)`, a leaf of the tree. @param prefixed the zero byte and the body */
export function leafHashOf(prefixed: Uint8Array): Hash {
  return hash("sha256", prefixed, "binary");
}

/** What a tree without entries hashes to. */
export const EMPTY_ROOT: Hash = hash("sha256", "", "binary");

/** Hashes as they are stored, side by side. */
export function packHashes(hashes: readonly Hash[]): Buffer<ArrayBuffer> {
  return Buffer.from(hashes.join(""), "latin1");
}

/** Hashes from how they are stored. */
export function unpackHashes(bytes: Uint8Array): Hash[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
  return Array.from({ length: text.length / HASH_BYTES }, (_, nth) =>
    text.slice(nth * HASH_BYTES, (nth + 1) * HASH_BYTES),
  );
}

/** One hash in base64, as proofs and checkpoints have it. */
export function hashToBase64(hashed: Hash): string {
  return Buffer.from(hashed, "latin1").toString("base64");
}

/** A hash from base64; null where it is none. */
export function hashFromBase64(text: string): Hash | null {
  const bytes = Buffer.from(text, "base64");
  return bytes.length === HASH_BYTES && bytes.toString("base64") === text ? bytes.toString("latin1") : null;
}

/** A hash in hexadecimal digits. */
export function hashToHex(hashed: Hash): string {
  return Buffer.from(hashed, "latin1").toString("hex");
}
