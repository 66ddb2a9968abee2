import "server-only";
import type pg from "pg";
import { Grams } from "./grams";

/** Entries of a block. */
export const BLOCK = 512;
/** Blocks that are noted at once. */
const AT_ONCE = 16;

type Row = { idx: string; at: Date; body: string };
type Block = { firstIdx: number; grams: number[]; minAt: Date; maxAt: Date };

/** Where the next block begins that is not noted yet. */
async function nextBlock(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ last: string | null }>("SELECT max(first_idx) AS last FROM audit_block");
  const last = rows[0]?.last;
  return last ? Number(last) + BLOCK : firstBlockFrom(client, 0);
}

/** The first block from there on of which there is an entry: what was archived before it was noted is not there to be read. */
async function firstBlockFrom(client: pg.ClientBase, from: number): Promise<number> {
  const { rows } = await client.query<{ first: string | null }>(
    "SELECT min(idx) AS first FROM audit_entry WHERE idx >= $1",
    [from],
  );
  return Math.floor(Number(rows[0]?.first ?? from) / BLOCK) * BLOCK;
}

const grams = new Grams();

/** @param rows in the order of their indices */
function blocksOf(rows: readonly Row[]): Block[] {
  const blocks: Block[] = [];
  for (const { idx, at, body } of rows) {
    const firstIdx = Math.floor(Number(idx) / BLOCK) * BLOCK;
    let block = blocks.at(-1);
    if (block?.firstIdx !== firstIdx) {
      block?.grams.push(...grams.take());
      blocks.push((block = { firstIdx, grams: [], minAt: at, maxAt: at }));
    }
    if (at < block.minAt) block.minAt = at;
    if (at > block.maxAt) block.maxAt = at;
    grams.add(body);
  }
  blocks.at(-1)?.grams.push(...grams.take());
  return blocks;
}

/**
 * Notes the blocks that have become whole since, at most so many that it takes a moment; returns whether there may be more.
 * Whole means that later entries are there: entries come in order of their indices.
 */
export async function noteBlocks(client: pg.ClientBase): Promise<boolean> {
  return noteFrom(client, await nextBlock(client));
}

async function noteFrom(client: pg.ClientBase, from: number): Promise<boolean> {
  const { rows: head } = await client.query<{ next: string }>("SELECT next FROM audit_head WHERE id = 1");
  const whole = Math.floor(Number(head[0]?.next ?? 0) / BLOCK) * BLOCK;
  const to = Math.min(whole, from + AT_ONCE * BLOCK);
  if (to <= from) return false;
  // A millisecond's rounding on either side: a `Date` has no microseconds.
  const { rows } = await client.query<Row>(
    "SELECT idx, occurred_at AS at, body FROM audit_entry WHERE idx >= $1 AND idx < $2 ORDER BY idx",
    [from, to],
  );
  if (rows.length === 0) return noteFrom(client, await firstBlockFrom(client, to));
  const blocks = blocksOf(rows);
  await client.query(
    `WITH made AS (
       SELECT * FROM unnest($1::bigint[], $2::timestamptz[], $3::timestamptz[], $4::text[]) AS made(first_idx, min_at, max_at, grams)
     ), noted AS (
       INSERT INTO audit_gram (first_idx, grams) SELECT first_idx, grams::integer[] FROM made ON CONFLICT DO NOTHING
     )
     INSERT INTO audit_block (first_idx, min_at, max_at)
     SELECT first_idx, min_at, max_at + interval '1 millisecond' FROM made ON CONFLICT DO NOTHING`,
    [
      blocks.map(({ firstIdx }) => firstIdx),
      blocks.map(({ minAt }) => minAt),
      blocks.map(({ maxAt }) => maxAt),
      blocks.map((block) => `{${block.grams.join()}}`),
    ],
  );
  if (to < whole) return true;
  // What was added since stands in a list that every search would read: it is sorted in while there is time.
  await client.query("SELECT gin_clean_pending_list('audit_gram_grams')");
  return false;
}
