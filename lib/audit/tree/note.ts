import "server-only";
import { createHash, createPublicKey, sign, verify, type KeyObject } from "node:crypto";

/** Ed25519, in the list of signature types of C2SP signed-note. */
const ED25519 = 1;
const PUBLIC_KEY_BYTES = 32;
const ID_BYTES = 4;
const SIGNATURE_BYTES = 64;
const SIGNATURE_LINE = /^\u2014 ([^ +]+) ([A-Za-z0-9+/]+={0,2})$/u;
const VERIFIER_KEY = /^([^ +\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/;

/** A key by which notes are recognised: whose (the log's origin), its id in notes, and the key itself. */
export type VerifierKey = { name: string; id: string; publicKey: Buffer };
/** One of them with which notes can be signed. */
export type SignerKey = VerifierKey & { privateKey: KeyObject };

/** A text with its signatures: the text ends with a line feed. */
export type SignedNote = { text: string; signatures: readonly { name: string; id: string; signature: Buffer }[] };

/** The id of a key in notes: the first four bytes of SHA-256 of its name, a line feed, its type and itself, hex. */
export function noteKeyId(name: string, publicKey: Uint8Array): string {
  const hashed = createHash("sha256")
    .update(`${name}\n`)
    .update(Uint8Array.of(ED25519))
    .update(publicKey)
    .digest("hex");
  return hashed.slice(0, 2 * ID_BYTES);
}

/** A key as auditors keep it: `<name>+<id>+<base64 of type and key>`. */
export function verifierKeyText({ name, id, publicKey }: VerifierKey): string {
  return `${name}+${id}+${Buffer.concat([Buffer.of(ED25519), publicKey]).toString("base64")}`;
}

/** Reads what `verifierKeyText` wrote; null where it is something else. */
export function parseVerifierKey(text: string): VerifierKey | null {
  const [, name, id, encoded] = VERIFIER_KEY.exec(text.trim()) ?? [];
  if (name === undefined || id === undefined || encoded === undefined) return null;
  const bytes = Buffer.from(encoded, "base64");
  const publicKey = bytes.subarray(1);
  if (bytes[0] !== ED25519 || publicKey.length !== PUBLIC_KEY_BYTES || noteKeyId(name, publicKey) !== id) return null;
  return { name, id, publicKey };
}

/** Signs a text with each of the keys. */
export function signNote(text: string, keys: readonly SignerKey[]): string {
  const lines = keys.map(({ name, id, privateKey }) => {
    const signature = sign(null, Buffer.from(text), privateKey);
    return `\u2014 ${name} ${Buffer.concat([Buffer.from(id, "hex"), signature]).toString("base64")}\n`;
  });
  return `${text}\n${lines.join("")}`;
}

/** Takes a note apart; null where it is none. Says nothing of its signatures. */
export function parseNote(note: string): SignedNote | null {
  const end = note.lastIndexOf("\n\n");
  if (end < 0 || !note.endsWith("\n")) return null;
  const lines = note.slice(end + 2, -1).split("\n");
  const signatures = lines.map((line) => {
    const [, name, encoded] = SIGNATURE_LINE.exec(line) ?? [];
    if (name === undefined || encoded === undefined) return null;
    const bytes = Buffer.from(encoded, "base64");
    return { name, id: bytes.subarray(0, ID_BYTES).toString("hex"), signature: bytes.subarray(ID_BYTES) };
  });
  const known = signatures.filter((one) => one !== null);
  return known.length === signatures.length ? { text: note.slice(0, end + 1), signatures: known } : null;
}

/** True where a key signed the note. */
export function isSignedBy(note: SignedNote, { name, id, publicKey }: VerifierKey): boolean {
  const found = note.signatures.find((one) => one.name === name && one.id === id);
  if (found?.signature.length !== SIGNATURE_BYTES) return false;
  const key = createPublicKey({
    key: { kty: "OKP", crv: "Ed25519", x: publicKey.toString("base64url") },
    format: "jwk",
  });
  return verify(null, Buffer.from(note.text), key, found.signature);
}
