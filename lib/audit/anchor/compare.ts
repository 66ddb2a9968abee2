import "server-only";
import { LogFault } from "../proof/fault";
import type { LogKey } from "../signer/keys";
import { parseCheckpoint } from "../tree/checkpoint";
import { isSignedBy } from "../tree/note";
import type { Hash } from "../tree/hash";

/** The log as it is now: how far it goes, what its root was at a size, and by which keys its notes are recognised. */
export type PresentLog = { size: number; rootAt: (size: number) => Promise<Hash>; keys: readonly LogKey[] };

/**
 * Compares the log with what an anchor remembers, smallest checkpoint first. Throws `LogFault` where the log does not go on from
 * one of them; its index is where the last one ended that did, since the first bad entry is there or after it.
 */
export async function compareWithNotes(notes: readonly string[], log: PresentLog): Promise<{ compared: number }> {
  const remembered = notes.flatMap((text) => parseCheckpoint(text) ?? []).sort((a, b) => a.size - b.size);
  let good = 0;
  for (const { origin, size, root, note } of remembered) {
    if (!log.keys.some((key) => key.name === origin && isSignedBy(note, key)))
      throw new LogFault(good, `the anchor remembers a checkpoint of ${size} entries that no key of this log signed (${origin})`); // prettier-ignore
    if (size > log.size)
      throw new LogFault(log.size, `it is missing: the anchor remembers ${size} entries, and ${log.size} are here`);
    if ((await log.rootAt(size)) !== root)
      throw new LogFault(
        good,
        `it or a later one below ${size} is not what the anchor remembers: history was rewritten`,
      );
    good = size;
  }
  return { compared: remembered.length };
}
