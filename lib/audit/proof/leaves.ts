import "server-only";
import type pg from "pg";
import { HASH_BYTES } from "../tree/hash";
import { EntryCheck } from "./check";
import { LogFault } from "./fault";
import { scanEntries } from "./scan";

/** Entries with an index from `from` until before `to`. */
export type LeafSpan = { from: number; to: number };
/** The leaves of good entries, side by side, and what is wrong with the one after them; null where all are good. */
export type CheckedLeaves = { leaves: Uint8Array<ArrayBuffer>; fault: { index: number; fault: string } | null };

/** Whoever looks at entries for somebody who goes through the log from left to right. */
export type LeafSource = { of: (span: LeafSpan) => Promise<CheckedLeaves>; close: () => Promise<void> };

/** Looks at the entries of a span: each must be there once, and be as it was recorded. */
export async function checkLeaves(client: pg.ClientBase, span: LeafSpan): Promise<CheckedLeaves> {
  const leaves = Buffer.alloc((span.to - span.from) * HASH_BYTES);
  const check = new EntryCheck(span.from);
  let fault: CheckedLeaves["fault"] = null;
  try {
    await scanEntries(client, span, (entry) => {
      const at = (check.next - span.from) * HASH_BYTES;
      leaves.write(check.leafOf(entry), at, "latin1");
    });
    check.finish(span.to);
  } catch (error) {
    if (!(error instanceof LogFault)) throw error;
    fault = { index: error.index, fault: error.fault };
  }
  return { leaves: leaves.subarray(0, (check.next - span.from) * HASH_BYTES), fault };
}

/** Looks at the entries itself, on the connection of whoever asks. */
export const leavesOn = (client: pg.ClientBase): LeafSource => ({
  of: (span) => checkLeaves(client, span),
  close: () => Promise.resolve(),
});
