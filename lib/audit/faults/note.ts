import "server-only";
import type pg from "pg";
import { inClientTransaction } from "@/lib/client-transaction";
import type { Ctx } from "@/lib/ctx";
import { pool, queryBy } from "@/lib/db";
import { newId } from "@/lib/id";
import type { EntryDraft } from "../entry";
import { prepareEntries } from "../personal/commit";
import { rowTypeOf, writeEntries } from "../write";
import type { FaultSource } from "./schema";

type Found = { index: number; fault: string };
type Open = Found & { id: string };

/** Who marks the notice as seen once there is nothing left to do. */
const KEEPER = "keeper";

/**
 * Says that something is wrong with the log's proof, once: a row, a notice to the admins and an entry, in one transaction.
 * What is known already changes nothing; what is found in its place ends it. True where it was new.
 * Whoever calls it makes sure that each source is told of by one process at a time.
 */
export function noteFault(client: pg.ClientBase, ctx: Ctx, source: FaultSource, found: Found): Promise<boolean> {
  return inClientTransaction(client, async () => {
    const open = await openFault(client, source);
    // How far it is behind changes all the time.
    if (open?.fault === found.fault && (open.index === found.index || source === "behind")) return false;
    if (open) await end(client, ctx, source, open);
    const id = newId("logFault");
    await client.query("INSERT INTO audit_fault (id, source, idx, fault) VALUES ($1, $2, $3, $4)", [
      ...[id, source, found.index, found.fault],
    ]);
    await client.query(
      "INSERT INTO notice (id, kind, fault_id, created_at) VALUES ($1, 'audit_fault', $2, clock_timestamp())",
      [newId("notice"), id],
    );
    await record(client, ctx, "audit.fault", source, found);
    return true;
  });
}

/** Says that what a source found is no more: the notice is seen, and an entry tells so. True where there was something. */
export function noteMended(client: pg.ClientBase, ctx: Ctx, source: FaultSource): Promise<boolean> {
  return inClientTransaction(client, async () => {
    const open = await openFault(client, source);
    if (open) await end(client, ctx, source, open);
    return open !== null;
  });
}

async function openFault(client: pg.ClientBase, source: FaultSource): Promise<Open | null> {
  const { rows } = await client.query<Open>(
    `SELECT id, idx::float8 AS index, fault FROM audit_fault WHERE source = $1 AND mended_at IS NULL FOR UPDATE`,
    [source],
  );
  return rows[0] ?? null;
}

async function end(client: pg.ClientBase, ctx: Ctx, source: FaultSource, open: Open): Promise<void> {
  await client.query("UPDATE audit_fault SET mended_at = clock_timestamp() WHERE id = $1", [open.id]);
  await client.query(
    "UPDATE notice SET seen_at = clock_timestamp(), seen_by = $2 WHERE fault_id = $1 AND seen_at IS NULL",
    [open.id, KEEPER],
  );
  await record(client, ctx, "audit.mend", source, open);
}

async function record(
  client: pg.ClientBase,
  ctx: Ctx,
  action: "audit.fault" | "audit.mend",
  source: FaultSource,
  { index, fault }: Found,
): Promise<void> {
  const target = { kind: "audit", id: "audit" } as const;
  const draft: EntryDraft = { action, outcome: "success", target, details: { source, firstBadIndex: index, fault } };
  const entries = await prepareEntries(queryBy(client), ctx, [draft]);
  await writeEntries((text, values) => client.query(text, values), await rowTypeOf(pool()), entries);
}
