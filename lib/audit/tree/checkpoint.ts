import "server-only";
import { hashFromBase64, hashToBase64, type Hash } from "./hash";
import { parseNote, signNote, type SignedNote, type SignerKey } from "./note";

/** What a checkpoint says: whose log, how many entries, and the root of the tree over them (C2SP tlog-checkpoint). */
export type Checkpoint = { origin: string; size: number; root: Hash };

const SIZE = /^(?:0|[1-9]\d{0,15})$/;

/** A checkpoint as a signed note. */
export function signCheckpoint({ origin, size, root }: Checkpoint, keys: readonly SignerKey[]): string {
  return signNote(`${origin}\n${size}\n${hashToBase64(root)}\n`, keys);
}

/** Reads a checkpoint; null where the text is none. Says nothing of its signatures: see `isSignedBy`. */
export function parseCheckpoint(text: string): (Checkpoint & { note: SignedNote }) | null {
  const note = parseNote(text);
  if (!note) return null;
  const [origin = "", size = "", encoded = ""] = note.text.split("\n");
  const root = hashFromBase64(encoded);
  if (origin === "" || !SIZE.test(size) || root === null) return null;
  return { origin, size: Number(size), root, note };
}
