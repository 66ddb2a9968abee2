import "server-only";
import type pg from "pg";
import { readArchivedSpans } from "./archive/spans";
import { TILE_WIDTH } from "./tree/builder";
import { newestCheckpoint } from "./tree/store";
import { checkLog } from "./verify";

/** So many entries are looked at in one piece: some hundredths of a second. */
const PIECE = 16 * TILE_WIDTH;

/** One piece of the walk: which entries, of how many that are signed, and the first of them that is not as it was signed. */
export type Rechecked = {
  from: number;
  to: number;
  size: number;
  firstBad: { index: number; fault: string } | null;
};

/**
 * Looks at the next piece of what was signed long ago, as `audit verify` does: nobody else reads it again. It goes on where the last
 * piece ended, whichever process that was, and begins anew at the end; over what is bad it does not go on. What retention
 * has archived is left out. Null where there is nothing signed.
 */
export async function recheckNext(client: pg.ClientBase): Promise<Rechecked | null> {
  const { rows } = await client.query<{ next: number }>("SELECT next::float8 AS next FROM audit_recheck WHERE id = 1");
  const size = (await newestCheckpoint(client))?.size ?? 0;
  if (size === 0) return null;
  const next = rows[0]?.next ?? 0;
  const from = await afterArchived(client, next < size ? next : 0);
  const to = Math.min(size, from + PIECE);
  const { firstBad } = from < to ? await checkLog(client, { from, to }) : { firstBad: null };
  if (!firstBad) await passed(client, { from, to, size });
  return { from, to, size, firstBad };
}

async function afterArchived(client: pg.ClientBase, from: number): Promise<number> {
  let at = from;
  for (const gone of await readArchivedSpans(client)) if (gone.from <= at && at < gone.to) at = gone.to;
  return at;
}

async function passed(client: pg.ClientBase, { from, to, size }: Omit<Rechecked, "firstBad">): Promise<void> {
  await client.query(
    `UPDATE audit_recheck SET next = CASE WHEN $2::bigint >= $3::bigint THEN 0 ELSE $2 END,
       began_at = CASE WHEN next = 0 OR next > $1::bigint THEN clock_timestamp() ELSE began_at END,
       passed_at = CASE WHEN $2 >= $3 THEN clock_timestamp() ELSE passed_at END,
       passed_size = CASE WHEN $2 >= $3 THEN $3 ELSE passed_size END WHERE id = 1`,
    [from, to, size],
  );
}

const DAY_MS = 86_400_000;
/** The part of one core that it takes at most. */
const SHARE = 0.1;
/** A small log is walked over more than once a day. */
const LONGEST_PAUSE_MS = 600_000;
/** Where something is bad it is looked at again, so that it is seen when it was mended. */
const FAULT_PAUSE_MS = 60_000;

/** The pause after a piece, ms: so that a walk over everything takes about a day, where that is no more than its share of a core. */
export function pauseAfter({ from, to, size, firstBad }: Rechecked, tookMs: number): number {
  if (firstBad) return FAULT_PAUSE_MS;
  const even = (DAY_MS * (to - from)) / size - tookMs;
  return Math.max(tookMs * (1 / SHARE - 1), Math.min(even, LONGEST_PAUSE_MS));
}
