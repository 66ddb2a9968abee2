import "server-only";
import { pool } from "@/lib/db";
import type { Resolve } from "@/lib/outgoing/lookup";
import { batchId, deliver, type Delivery } from "./deliver";
import { feedingOf, settingsOf, type Feeding } from "./place";
import { readRange, readSome } from "./read";
import type { Batch, LoggedEntry } from "./receiver";
import { openSinkSecret, resealed } from "./secret";
import type { SinkFormat } from "./settings";
import { advance, claim, claimLess, fail, lettersToRetry, readState, settleLetters, type SinkState } from "./state";
import { testBatch } from "./test-event";

/** How many entries, and characters of them, are sent at once. */
const BATCH_ENTRIES = 500;
const BATCH_CHARS = 512 * 1024;
const LETTERS_AT_ONCE = 100;

/** `gone`: there is nothing to ship for (removed, paused); `rest`: nothing to do now; `more`: there may be more at once. */
export type RoundOutcome = "gone" | "rest" | "more";

/** Circumstances of shipping. */
export type Shipping = { nowSeconds: () => number; signal?: AbortSignal; resolve?: Resolve };

/**
 * One batch of one sink: reads where it stands, sends what comes next, and moves the cursor past what the receiver has acknowledged.
 * Whatever ends this process in between, nothing is left out: the batch is sent again, the same one.
 */
export async function shipRound(sinkId: string, shipping: Shipping): Promise<RoundOutcome> {
  const state = await readState(sinkId);
  if (state === null || state.status !== "active") return "gone";
  if (state.resting) return "rest";
  const secret = await secretOf(state);
  if (secret === null) {
    await fail(sinkId, { kind: "later", why: "Its secret cannot be opened with GATEHOUSE_SECRET. Give it again." });
    return "rest";
  }
  const sink = { id: sinkId, format: state.format as SinkFormat, secret, ...settingsOf(state.kind, state.settings) };
  const feeding = feedingOf(sink, shipping.nowSeconds, shipping.resolve);
  const letters = await lettersToRetry(sinkId, LETTERS_AT_ONCE);
  return letters.length > 0 ? retryLetters(sinkId, letters, feeding, shipping) : shipNext(state, feeding, shipping);
}

/** Sealed anew where the key that it was sealed with is an old one. */
async function secretOf({ id, sealedSecret }: SinkState): Promise<string | null> {
  if (sealedSecret === null) return "";
  const secret = openSinkSecret(id, sealedSecret);
  const fresh = secret === null ? null : resealed(id, sealedSecret, secret);
  if (fresh)
    await pool().query("UPDATE audit_sink SET sealed_secret = $3 WHERE id = $1 AND sealed_secret = $2", [
      ...[id, sealedSecret, Buffer.from(fresh)],
    ]);
  return secret;
}

const send = (
  batch: Batch,
  sinkId: string,
  { send: by }: Feeding,
  { nowSeconds, signal }: Shipping,
): Promise<Delivery> =>
  deliver(batch, { send: by, probe: () => by(testBatch(sinkId, nowSeconds), signal), ...(signal ? { signal } : {}) });

async function shipNext(state: SinkState, feeding: Feeding, shipping: Shipping): Promise<RoundOutcome> {
  const { id, cursor, epoch } = state;
  if (cursor >= state.head) return "rest";
  const next = await nextStretch(state, feeding, shipping.nowSeconds());
  if (next === null) return "rest";
  const { start, to, entries } = next;
  if (state.claimed === null && !(await claim(state, to))) return "more";
  const claimed = { ...state, claimed: to };
  const fresh = entries.filter(({ idx }) => idx >= cursor);
  const missed = (end: number) => end - cursor - fresh.filter(({ idx }) => idx < end).length;
  if (fresh.length === 0) {
    await advance(claimed, { to, shipped: 0, missed: missed(to), refused: [] });
    return "more";
  }
  const series = `msg_${id}_${epoch}`;
  const done = await send({ id: batchId(series, entries), series, start, entries }, id, feeding, shipping);
  // What is left of a batch that was being halved is cut where it failed.
  const left = done.later && done.end < entries.length ? (entries[done.end]?.idx ?? to) : to;
  const end = done.later ? (entries[done.settled]?.idx ?? to) : to;
  if (end > cursor) {
    const shipped = fresh.filter(({ idx }) => idx < end).length - done.refused.length;
    await advance({ ...claimed, claimed: left }, { to: end, shipped, missed: missed(end), refused: done.refused });
  } else if (left < to) await claimLess(state, left);
  if (done.later) await fail(id, done.later);
  return done.later ? "rest" : "more";
}

type Stretch = { start: number; to: number; entries: LoggedEntry[] };

/** What is to be sent next, and up to where; null where it may wait for more. */
async function nextStretch(
  { cursor, claimed, head }: SinkState,
  { stretch }: Feeding,
  nowSeconds: number,
): Promise<Stretch | null> {
  if (stretch) {
    const start = cursor - (cursor % stretch.entries);
    const end = start + stretch.entries;
    const to = claimed ?? Math.min(head, end);
    const entries = await readRange(start, to, stretch.entries);
    const oldest = entries.find(({ idx }) => idx >= cursor);
    const waits = oldest ? nowSeconds - Date.parse(oldest.recordedAt) / 1000 : Infinity;
    return claimed === null && to < end && waits < stretch.waitSeconds ? null : { start, to, entries };
  }
  if (claimed !== null) return { start: cursor, to: claimed, entries: await readRange(cursor, claimed, BATCH_ENTRIES) };
  const entries = withinChars(await readRange(cursor, head, BATCH_ENTRIES));
  return { start: cursor, to: (entries.at(-1)?.idx ?? head - 1) + 1, entries };
}

/** As many of the first entries as are not too much at once; one at least. */
function withinChars(entries: LoggedEntry[]): LoggedEntry[] {
  let chars = 0;
  const over = entries.findIndex(({ body }) => (chars += body.length) > BATCH_CHARS);
  return over === -1 ? entries : entries.slice(0, Math.max(1, over));
}

/** Sends dead letters again. Those whose entry is no longer in the log stay. */
async function retryLetters(
  sinkId: string,
  indices: readonly number[],
  feeding: Feeding,
  shipping: Shipping,
): Promise<RoundOutcome> {
  const entries = await readSome(indices);
  const found = new Set(entries.map(({ idx }) => idx));
  const gone = indices
    .filter((idx) => !found.has(idx))
    .map((idx) => ({ idx, why: "The entry is no longer in the log." }));
  const series = `msg_${sinkId}_letters`;
  const batch = { id: batchId(series, entries), series, start: entries[0]?.idx ?? 0, entries };
  const done: Delivery =
    entries.length > 0
      ? await send(batch, sinkId, feeding, shipping)
      : { settled: 0, end: 0, accepted: 0, refused: [], later: null };
  const refused = done.refused.map(({ entry, why }) => ({ idx: entry.idx, why }));
  const refusedIndices = new Set(refused.map(({ idx }) => idx));
  const accepted = entries.slice(0, done.settled).flatMap(({ idx }) => (refusedIndices.has(idx) ? [] : [idx]));
  const settled = { accepted, refused: [...refused, ...gone] };
  if (settled.accepted.length + settled.refused.length > 0) await settleLetters(sinkId, settled);
  if (done.later) await fail(sinkId, done.later);
  return done.later ? "rest" : "more";
}
