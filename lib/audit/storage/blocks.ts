import "server-only";
import type pg from "pg";
import { addRuns } from "./words";

/** Entries of a block. */
export const BLOCK = 512;
/** Blocks that are noted at once. */
const AT_ONCE = 16;

type Row = { idx: string; at: Date; body: string };
type Block = { firstIdx: number; words: Set<string>; minAt: Date; maxAt: Date };

/** Where the next block begins that is not noted yet. */
async function nextBlock(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ last: string | null }>("SELECT max(first_idx) AS last FROM audit_block");
  const last = rows[0]?.last;
  if (last) return Number(last) + BLOCK;
  // What was archived before any block was noted is not there to be read.
  const { rows: kept } = await client.query<{ first: string | null }>("SELECT min(idx) AS first FROM audit_entry");
  return Math.floor(Number(kept[0]?.first ?? 0) / BLOCK) * BLOCK;
}

function blocksOf(rows: readonly Row[]): Block[] {
  const blocks = new Map<number, Block>();
  for (const { idx, at, body } of rows) {
    const firstIdx = Math.floor(Number(idx) / BLOCK) * BLOCK;
    const block = blocks.get(firstIdx) ?? { firstIdx, words: new Set<string>(), minAt: at, maxAt: at };
    if (at < block.minAt) block.minAt = at;
    if (at > block.maxAt) block.maxAt = at;
    addRuns(block.words, body);
    blocks.set(firstIdx, block);
  }
  return [...blocks.values()];
}

/**
 * Notes the blocks that have become whole since, at most so many that it takes a moment; returns whether there may be more.
 * Whole means that later entries are there: entries come in order of their indices.
 */
export async function noteBlocks(client: pg.ClientBase): Promise<boolean> {
  const from = await nextBlock(client);
  const { rows: head } = await client.query<{ next: string }>("SELECT next FROM audit_head WHERE id = 1");
  const whole = Math.floor(Number(head[0]?.next ?? 0) / BLOCK) * BLOCK;
  const to = Math.min(whole, from + AT_ONCE * BLOCK);
  if (to <= from) return false;
  // A millisecond's rounding on either side: a `Date` has no microseconds.
  const { rows } = await client.query<Row>(
    "SELECT idx, occurred_at AS at, body FROM audit_entry WHERE idx >= $1 AND idx < $2",
    [from, to],
  );
  const blocks = blocksOf(rows);
  await client.query(
    `WITH made AS (
       SELECT * FROM unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[], $4::text[]) AS made(first_idx, min_at, max_at, words)
     ), noted AS (
       INSERT INTO audit_words (first_idx, words) SELECT first_idx, words FROM made ON CONFLICT DO NOTHING
     )
     INSERT INTO audit_block (first_idx, min_at, max_at)
     SELECT first_idx, min_at, max_at + interval '1 millisecond' FROM made ON CONFLICT DO NOTHING`,
    [
      blocks.map(({ firstIdx }) => firstIdx),
      blocks.map(({ minAt }) => minAt),
      blocks.map(({ maxAt }) => maxAt),
      blocks.map(({ words }) => [...words].join(" ")),
    ],
  );
  return to < whole;
}
