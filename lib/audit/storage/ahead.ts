import "server-only";
import type pg from "pg";
import { inClientTransaction } from "@/lib/client-transaction";
import { DEFAULT_PARTITION, quoted, readPartitions, type Partition } from "./partitions";
import { boundaryAfter, missingSpans, partitionName, widthFor, type Span, type WidthMs } from "./width";

const HOUR_MS = 3_600_000;
/** No change of the table's parts may hold up those who write: it is tried again in the next round. */
const LOCK_TIMEOUT = "SET LOCAL lock_timeout = '2s'";

const inTransaction = (client: pg.ClientBase, work: () => Promise<void>): Promise<void> =>
  inClientTransaction(client, work, `BEGIN; ${LOCK_TIMEOUT}`);

async function add(client: pg.ClientBase, { fromMs, toMs }: Span): Promise<void> {
  await client.query("SELECT audit_add_partition($1, $2, $3)", [
    partitionName(fromMs),
    new Date(fromMs),
    new Date(toMs),
  ]);
}

/** Entries per second of late: of the last closed partition, or since, whichever is more. */
function paceOf(partitions: readonly Partition[], next: number, nowMs: number): number {
  const closed = partitions.filter(({ state, lastIdx }) => state !== "hot" && lastIdx !== null);
  const last = closed.at(-1);
  const perSecond = (entries: number, ms: number) => (entries * 1000) / Math.max(ms, HOUR_MS);
  const before =
    last?.fromAt && last.firstIdx !== null && last.lastIdx !== null
      ? perSecond(last.lastIdx - last.firstIdx + 1, last.toAt.getTime() - last.fromAt.getTime())
      : 0;
  const since = last?.toAt ?? partitions[0]?.fromAt;
  if (!since) return before;
  return Math.max(before, perSecond(next - ((last?.lastIdx ?? -1) + 1), nowMs - since.getTime()));
}

/** Takes away partitions of the future that were made for a slower log: nothing can be in them yet. */
async function narrow(client: pg.ClientBase, partitions: Partition[], nowMs: number, width: WidthMs): Promise<void> {
  while (partitions.length > 1) {
    const last = partitions.at(-1);
    if (!last?.fromAt || last.fromAt.getTime() < nowMs + HOUR_MS) return;
    if (last.toAt.getTime() - last.fromAt.getTime() <= width) return;
    const { rows } = await client.query(`SELECT FROM ${quoted(last.name)} LIMIT 1`);
    if (rows.length > 0) return;
    await inTransaction(client, async () => {
      await client.query(`DROP TABLE ${quoted(last.name)}`);
      await client.query("DELETE FROM audit_partition WHERE name = $1", [last.name]);
    });
    partitions.pop();
  }
}

/**
 * Turns the table that takes what no partition was made for into a partition, and puts an empty one in its place. No row
 * moves: that it fits is proved by a constraint beforehand, while the log is written. The range ends an hour later at
 * least, so that a keeper which dies in between leaves nothing that would refuse an entry before the next one comes.
 */
async function settleDefault(client: pg.ClientBase, endMs: number, nowMs: number, width: WidthMs): Promise<void> {
  const spare = quoted(DEFAULT_PARTITION);
  await client.query(`ALTER TABLE ${spare} DROP CONSTRAINT IF EXISTS audit_entry_default_turns`);
  const { rows } = await client.query(`SELECT FROM ${spare} LIMIT 1`);
  if (rows.length === 0) return;
  const span = { fromMs: endMs, toMs: boundaryAfter(nowMs + HOUR_MS, width) };
  const [from, to] = [new Date(span.fromMs).toISOString(), new Date(span.toMs).toISOString()];
  const name = partitionName(span.fromMs);
  const turned = quoted(name);
  await client.query(
    `ALTER TABLE ${spare} ADD CONSTRAINT audit_entry_default_turns CHECK (recorded_at >= '${from}' AND recorded_at < '${to}') NOT VALID`,
  );
  try {
    await client.query(`ALTER TABLE ${spare} VALIDATE CONSTRAINT audit_entry_default_turns`);
    await inTransaction(client, async () => {
      await client.query(`ALTER TABLE audit_entry DETACH PARTITION ${spare}`);
      await client.query(`ALTER TABLE ${spare} RENAME TO ${turned}`);
      await renameIndexes(client, DEFAULT_PARTITION, name);
      await client.query(`ALTER TABLE audit_entry ATTACH PARTITION ${turned} FOR VALUES FROM ('${from}') TO ('${to}')`);
      await client.query(`ALTER TABLE ${turned} DROP CONSTRAINT audit_entry_default_turns`);
      await client.query("SELECT audit_make_table($1)", [DEFAULT_PARTITION]);
      await client.query(`ALTER TABLE audit_entry ATTACH PARTITION ${spare} DEFAULT`);
      await client.query("INSERT INTO audit_partition (name, from_at, to_at) VALUES ($1, $2, $3)", [name, from, to]);
    });
  } catch (error) {
    await client.query(`ALTER TABLE IF EXISTS ${spare} DROP CONSTRAINT IF EXISTS audit_entry_default_turns`);
    throw error;
  }
}

/** An index is named after its table; the next spare table has the same names. */
async function renameIndexes(client: pg.ClientBase, from: string, to: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    "SELECT indexrelid::regclass::text AS name FROM pg_index WHERE indrelid = to_regclass($1)",
    [to],
  );
  for (const { name } of rows)
    if (name.startsWith(`${from}_`))
      await client.query(`ALTER INDEX ${quoted(name)} RENAME TO ${quoted(name.replace(from, to))}`);
}

/** Sees to it that the log has a partition for now and for the time to come; returns the names of those that were made. */
export async function makePartitionsAhead(client: pg.ClientBase, nowMs = Date.now()): Promise<string[]> {
  const { rows } = await client.query<{ next: string }>("SELECT next FROM audit_head WHERE id = 1");
  const before = await readPartitions(client);
  const width = widthFor(paceOf(before, Number(rows[0]?.next ?? 0), nowMs));
  const endOf = (partitions: readonly Partition[]) => (partitions.at(-1)?.toAt ?? new Date(nowMs)).getTime();
  await settleDefault(client, endOf(before), nowMs, width);
  const kept = await readPartitions(client);
  await narrow(client, kept, nowMs, width);
  for (const span of missingSpans(nowMs, endOf(kept), width)) await inTransaction(client, () => add(client, span));
  const known = new Set(before.map(({ name }) => name));
  return (await readPartitions(client)).map(({ name }) => name).filter((name) => !known.has(name));
}
