import "server-only";
import { pool } from "@/lib/db";
import { GatehouseError } from "@/lib/errors";
import type { Prisma } from "@/lib/generated/prisma/client.ts";
import type { Resolve } from "@/lib/outgoing/lookup";
import { batchId, deliver, type Delivery } from "./deliver";
import { feedingOf, settingsOf, type Feeding } from "./place";
import { readRange, readSome, type Piece } from "./read";
import type { Batch } from "./receiver";
import { openSinkSecret, resealed } from "./secret";
import type { SinkFormat } from "./settings";
import { advance, claim, claimLess, fail, lettersToRetry, readState, settleLetters, type SinkState } from "./state";
import { testBatch } from "./test-event";
import { wantedBy } from "./wanted";

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
  if (letters.length === 0 && state.cursor >= state.head) return "rest";
  try {
    const wanted = await wantedBy(state.query, shipping.nowSeconds());
    return letters.length > 0
      ? await retryLetters(sinkId, letters, wanted, feeding, shipping)
      : await shipNext(state, wanted, feeding, shipping);
  } catch (error) {
    if (!(error instanceof GatehouseError)) throw error;
    // What a query means can change: a name may mean too many things by now. Nothing is left out for that.
    await fail(sinkId, {
      kind: "later",
      why: `Its query cannot be asked: ${error.fields[0]?.message ?? error.message}`,
    });
    return "rest";
  }
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

/** What becomes of the entries from `cursor` up to `end` that the receiver was not to have: gone from the log, or not asked for. */
const unsent = ({ present, entries }: Piece, cursor: number, end: number) => {
  const there = present.filter((idx) => idx >= cursor && idx < end).length;
  const wanted = entries.filter(({ idx }) => idx >= cursor && idx < end).length;
  return { wanted, missed: end - cursor - there, leftOut: there - wanted };
};

async function shipNext(
  state: SinkState,
  wanted: Prisma.Sql | null,
  feeding: Feeding,
  shipping: Shipping,
): Promise<RoundOutcome> {
  const { id, cursor, epoch } = state;
  const next = await nextStretch(state, wanted, feeding, shipping.nowSeconds());
  if (next === null) return "rest";
  const { start, to, entries } = next;
  if (state.claimed === null && !(await claim(state, to))) return "more";
  const claimed = { ...state, claimed: to };
  const all = unsent(next, cursor, to);
  if (all.wanted === 0) {
    await advance(claimed, { ...all, to, shipped: 0, refused: [] });
    return "more";
  }
  const series = `msg_${id}_${epoch}`;
  const done = await send({ id: batchId(series, entries), series, start, entries }, id, feeding, shipping);
  // What is left of a batch that was being halved is cut where it failed.
  const left = done.later && done.end < entries.length ? (entries[done.end]?.idx ?? to) : to;
  const end = done.later ? (entries[done.settled]?.idx ?? to) : to;
  if (end > cursor) {
    const part = unsent(next, cursor, end);
    const shipped = part.wanted - done.refused.length;
    await advance({ ...claimed, claimed: left }, { ...part, to: end, shipped, refused: done.refused });
  } else if (left < to) await claimLess(state, left);
  if (done.later) await fail(id, done.later);
  return done.later ? "rest" : "more";
}

type Stretch = Piece & { start: number };

/** What is to be sent next, and up to where; null where it may wait for more. */
async function nextStretch(
  { cursor, claimed, head }: SinkState,
  wanted: Prisma.Sql | null,
  { stretch }: Feeding,
  nowSeconds: number,
): Promise<Stretch | null> {
  if (stretch) {
    const begin = cursor - (cursor % stretch.entries);
    const end = begin + stretch.entries;
    // What was written under a query is not written again: what the query means may have changed, and an entry go missing.
    const start = wanted === null ? begin : cursor;
    const piece = await readRange(start, claimed ?? Math.min(head, end), stretch.entries, wanted);
    const oldest = piece.entries.find(({ idx }) => idx >= cursor);
    const waits = oldest ? nowSeconds - Date.parse(oldest.recordedAt) / 1000 : Infinity;
    return claimed === null && piece.to < end && waits < stretch.waitSeconds ? null : { ...piece, start };
  }
  const piece = await readRange(cursor, claimed ?? head, BATCH_ENTRIES, wanted);
  return { start: cursor, ...(claimed === null ? withinChars(piece) : piece) };
}

/** As many of the first entries as are not too much at once; one at least. */
function withinChars(piece: Piece): Piece {
  let chars = 0;
  const over = piece.entries.findIndex(({ body }) => (chars += body.length) > BATCH_CHARS);
  const next = over === -1 ? undefined : piece.entries[Math.max(1, over)];
  if (!next) return piece;
  return { ...piece, entries: piece.entries.filter(({ idx }) => idx < next.idx), to: next.idx };
}

/** Sends dead letters again. Those whose entry is no longer in the log, or no longer asked for, stay. */
async function retryLetters(
  sinkId: string,
  indices: readonly number[],
  wanted: Prisma.Sql | null,
  feeding: Feeding,
  shipping: Shipping,
): Promise<RoundOutcome> {
  const { entries, present } = await readSome(indices, wanted);
  const found = new Set(entries.map(({ idx }) => idx));
  const whyNot = (idx: number) => present.includes(idx) ? "The sink's query leaves it out by now." : "The entry is no longer in the log."; // prettier-ignore
  const gone = indices.filter((idx) => !found.has(idx)).map((idx) => ({ idx, why: whyNot(idx) }));
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
