import "server-only";
import type pg from "pg";
import { inClientTransaction } from "@/lib/client-transaction";
import { recordedAbout } from "../storage/recorded";
import { BLOCK } from "../storage/blocks";
import { quoted } from "../storage/partitions";
import { newestCheckpoint } from "../tree/store";
import { readCandidates } from "./due";

/** Whoever writes the log waits behind a lock that is waited for: a moment, and then it is tried again. */
const LOCK_TIMEOUT = "SET LOCAL lock_timeout = '200ms'";
/** A search that has begun may still read a partition that is detached. */
const DROP_AFTER_MS = 60_000;
const LOCK_NOT_AVAILABLE = "55P03";

/** What came of it: `held` where something keeps it (by now), `unsigned` while the entry that records its archive is not signed yet, `busy` where the log's table is in use. */
export type Detached = "detached" | "held" | "unsigned" | "busy";

/**
 * Takes a partition out of the log, if it may be: nothing keeps it, asked anew under locks, and the entry that says where it went is
 * signed. One transaction; holds and changes of the policy wait for it, or it sees them.
 */
export async function detachPartition(
  client: pg.ClientBase,
  name: string,
  entryId: string | null,
): Promise<Detached> {
  try {
    return await inClientTransaction(client, () => detach(client, name, entryId), `BEGIN; ${LOCK_TIMEOUT}`);
  } catch (error) {
    if ((error as { code?: unknown }).code === LOCK_NOT_AVAILABLE) return "busy";
    throw error;
  }
} // prettier-ignore

async function detach(client: pg.ClientBase, name: string, entryId: string | null): Promise<Detached> {
  const said = entryId === null ? null : await signedEntry(client, entryId);
  if (entryId !== null && !said) return "unsigned";
  await client.query("LOCK TABLE audit_hold IN SHARE MODE");
  // The policy, too: who says that the log is kept for ever has been heard when that answers.
  await client.query("SELECT FROM instance WHERE id = 1 FOR SHARE");
  const due = (await readCandidates(client, Date.now())).find((one) => one.name === name);
  if (due?.waitsFor !== null) return "held";
  const { rowCount } = await client.query(
    `UPDATE audit_partition SET state = 'detached', detached_at = clock_timestamp(), retain_idx = $3, retain_body = $4
     WHERE name = $1 AND state = 'closed' AND retain_id IS NOT DISTINCT FROM $2`,
    [name, entryId, said?.idx ?? null, said?.body ?? null],
  );
  if (rowCount === 0) return "held";
  // Last: from here to the commit nobody can write the log.
  await client.query(`ALTER TABLE audit_entry DETACH PARTITION ${quoted(name)}`);
  return "detached";
}

/** The entry, where a checkpoint covers it. */
async function signedEntry(client: pg.ClientBase, entryId: string): Promise<{ idx: string; body: string } | null> {
  const signed = await newestCheckpoint(client);
  const { rows } = await client.query<{ idx: string; body: string }>(
    "SELECT idx, body FROM audit_entry WHERE id = $1 AND recorded_at BETWEEN $2 AND $3",
    [entryId, ...recordedAbout([entryId])],
  );
  const [row] = rows;
  return row && signed && Number(row.idx) < signed.size ? row : null;
}

/**
 * Drops the tables of partitions that were detached a while ago, with what was noted of their entries for searches. Returns their names.
 * @param afterMs how long ago at least
 */
export async function dropDetached(client: pg.ClientBase, afterMs = DROP_AFTER_MS): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT name FROM audit_partition WHERE state = 'detached' AND detached_at <= clock_timestamp() - $1 * interval '1 millisecond'
       AND to_regclass(name) IS NOT NULL AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = to_regclass(name)) ORDER BY to_at`,
    [afterMs],
  );
  for (const { name } of rows)
    await inClientTransaction(client, async () => {
      for (const forget of [FORGET_GRAMS, FORGET_BLOCKS, FORGET_BADGES]) await client.query(forget, [name]);
      await client.query(`DROP TABLE ${quoted(name)}`);
    });
  return rows.map(({ name }) => name);
}

/** Blocks of which every entry has left the log; one that goes over the end of a partition may have entries that are here. */
const emptied = (block: string) => `
  ${block}.first_idx > gone.first_idx - ${BLOCK} AND ${block}.first_idx <= gone.last_idx
  AND ${block}.first_idx + ${BLOCK} - 1 <= (SELECT max(last_idx) FROM audit_partition)
  AND NOT EXISTS (SELECT FROM audit_partition kept WHERE kept.state <> 'detached'
    AND kept.first_idx < ${block}.first_idx + ${BLOCK} AND kept.last_idx >= ${block}.first_idx)`;
const FORGET_GRAMS = `DELETE FROM audit_gram g USING audit_partition gone WHERE gone.name = $1 AND ${emptied("g")}`;
const FORGET_BLOCKS = `DELETE FROM audit_block b USING audit_partition gone WHERE gone.name = $1 AND ${emptied("b")}`;
const FORGET_BADGES = `DELETE FROM audit_badge USING audit_partition gone WHERE gone.name = $1
  AND audit_badge.idx BETWEEN gone.first_idx AND gone.last_idx`;
