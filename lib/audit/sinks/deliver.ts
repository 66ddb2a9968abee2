import "server-only";
import { createHash } from "node:crypto";
import type { Batch, LoggedEntry, Receipt, Send } from "./receiver";

/** An entry that the receiver will not take, and why. */
export type Refused = { entry: LoggedEntry; why: string };

/**
 * How far a batch has got: its first `settled` entries are accepted or refused; `later` says why the rest waits. What is sent next goes
 * up to `end`, so that a failure does not undo how far a refused batch has been halved.
 */
export type Delivery = {
  settled: number;
  end: number;
  accepted: number;
  refused: Refused[];
  later: Extract<Receipt, { kind: "later" }> | null;
};

/**
 * Sends a batch in order. Where it is refused, it is halved until the entries that the receiver will not take stand alone:
 * these alone are given up. Where nothing has been accepted yet by then, it may as well be the sink's settings that are wrong:
 * `probe` sends an event that no receiver has a reason to refuse, and where that is refused too, all of it waits.
 */
export async function deliver(
  batch: Batch,
  { send, probe, signal }: { send: Send; probe: () => Promise<Receipt>; signal?: AbortSignal },
): Promise<Delivery> {
  const done: Delivery = { settled: 0, end: batch.entries.length, accepted: 0, refused: [], later: null };
  const parts: [number, number][] = [[0, batch.entries.length]];
  let proven = false;
  for (let part = parts.pop(); part; part = parts.pop()) {
    const [from, to] = part;
    const receipt = await send(partOf(batch, from, to), signal);
    if (receipt.kind === "later") return { ...done, settled: from, end: to, later: receipt };
    if (receipt.kind === "accepted") {
      proven = true;
      done.accepted += to - from;
    } else if (to - from > 1) {
      const middle = Math.ceil((from + to) / 2);
      parts.push([middle, to], [from, middle]);
      continue;
    } else {
      const probed: Receipt = proven ? { kind: "accepted" } : await probe();
      if (probed.kind !== "accepted")
        return { ...done, settled: from, later: { kind: "later", why: `It refuses whatever is sent. ${probed.why}` } };
      proven = true;
      done.refused.push({ entry: batch.entries[from] as LoggedEntry, why: receipt.why });
    }
    done.settled = to;
  }
  return done;
}

function partOf(batch: Batch, from: number, to: number): Batch {
  if (from === 0 && to === batch.entries.length) return batch;
  const entries = batch.entries.slice(from, to);
  return { ...batch, id: batchId(batch.series, entries), entries };
}

/** The same for the same entries, whatever they were cut from; where some in between are not sent, it says by a hash which are. */
export function batchId(series: string, entries: readonly LoggedEntry[]): string {
  const indices = entries.map(({ idx }) => idx);
  const [first = 0, end = 0] = [indices[0], (indices.at(-1) ?? 0) + 1];
  const id = `${series}_${first}_${end}`;
  if (end - first === indices.length) return id;
  return `${id}_${createHash("sha256").update(indices.join()).digest("hex").slice(0, 16)}`;
}
