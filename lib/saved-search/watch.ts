import "server-only";
import type pg from "pg";
import { compileFilter } from "@/lib/audit/filter";
import { valuesOf } from "@/lib/audit/language/edit";
import { parse } from "@/lib/audit/language/parse";
import { prepareEntries } from "@/lib/audit/personal/commit";
import { personalText } from "@/lib/audit/personal/draft";
import { auditFilterSchema, READING_ACTIONS } from "@/lib/audit/schema";
import { rowTypeOf, writeEntries } from "@/lib/audit/write";
import { CONSOLE_ROLE_PERMISSIONS } from "@/lib/authz/permissions";
import { inClientTransaction } from "@/lib/client-transaction";
import type { Ctx } from "@/lib/ctx";
import { db, pool, queryBy } from "@/lib/db";
import { GatehouseError } from "@/lib/errors";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { newId, uuidV7 } from "@/lib/id";
import { jobCtx } from "@/lib/job-ctx";
import type { ConsoleRole } from "@/lib/person/console-role";
import { isDue, told, withMatches, type AlertState, type Match } from "./matches";

/** Entries on which a search is tried in one go. */
const RANGE = 20_000;
const TIMEOUT_MS = 10_000;
/** A search that could not be tried waits so long, ms, and keeps no other one waiting. */
const AFTER_FAULT_MS = 60_000;
const { sql } = Prisma;

type Row = {
  id: string;
  name: string;
  query: string;
  shared: boolean;
  ownerId: string;
  ownerName: string;
  mayRead: boolean;
  threshold: number;
  windowSeconds: number;
  next: number;
  recentIdx: string[];
  recentAt: number[];
  untold: number;
  untoldFrom: number | null;
  reached: boolean;
  firedAtMs: number | null;
};

const COLUMNS = `
s.id, s.name, s.query, s.shared, p.id AS "ownerId", p.name AS "ownerName", p.status = 'active' AND p.console_role::text = ANY($2) AS "mayRead",
s.alert_threshold AS threshold, s.alert_window_seconds AS "windowSeconds", s.next_idx::float8 AS next, s.recent_idx AS "recentIdx",
ARRAY(SELECT extract(epoch FROM at)::float8 * 1000 FROM unnest(s.recent_at) WITH ORDINALITY AS r(at, nth) ORDER BY nth) AS "recentAt",
s.untold::float8 AS untold, s.untold_from::float8 AS "untoldFrom", s.reached, extract(epoch FROM s.fired_at)::float8 * 1000 AS "firedAtMs"`;

const READERS = (Object.keys(CONSOLE_ROLE_PERMISSIONS) as ConsoleRole[]).filter((role) =>
  CONSOLE_ROLE_PERMISSIONS[role].has("audit.read"),
);

/** Searches that wait after a fault, by id: until when, ms of Unix time. */
const waiting = new Map<string, number>();

/**
 * Tries every search that alerts on what is new since it was last tried, each in a transaction of its own with its place in
 * the log: no entry is missed and none is told twice, whoever dies when. True where there is more to try at once.
 */
export async function watchSearches(client: pg.ClientBase, ctx: Ctx = jobCtx("alerts")): Promise<boolean> {
  const nowMs = ctx.nowSeconds() * 1000;
  const { rows } = await client.query<{ id: string }>(
    `SELECT s.id FROM saved_search s, audit_head h WHERE s.alert_threshold IS NOT NULL AND (s.next_idx < h.next OR s.reached) ORDER BY s.id`,
  );
  let more = false;
  for (const { id } of rows) {
    if ((waiting.get(id) ?? 0) > nowMs) continue;
    try {
      more = (await tryOne(client, ctx, id)) || more;
      waiting.delete(id);
    } catch (error) {
      const fault = faultOf(error);
      if (fault === null) throw error;
      waiting.set(id, nowMs + AFTER_FAULT_MS);
      await client.query("UPDATE saved_search SET fault = $2 WHERE id = $1", [id, fault]);
    }
  }
  return more;
}

/** What keeps one search from being tried, in words; null where it is no matter of that search. */
function faultOf(error: unknown): string | null {
  if (error instanceof GatehouseError) return error.fields[0]?.message ?? error.detail ?? error.message;
  return (error as { code?: unknown }).code === "57014" ? "It takes too long to try it on what is new." : null;
}

const BEGIN = `BEGIN; SET LOCAL statement_timeout = ${TIMEOUT_MS}; SET LOCAL jit = off`;

const tryOne = (client: pg.ClientBase, ctx: Ctx, id: string): Promise<boolean> =>
  inClientTransaction(client, () => tryLocked(client, ctx, id), BEGIN);

async function tryLocked(client: pg.ClientBase, ctx: Ctx, id: string): Promise<boolean> {
  const { rows } = await client.query<Row>(
    `SELECT ${COLUMNS} FROM saved_search s JOIN person p ON p.id = s.owner_id WHERE s.id = $1 AND s.alert_threshold IS NOT NULL FOR UPDATE OF s`,
    [id, READERS],
  );
  const [row] = rows;
  if (!row) return false;
  if (!row.mayRead) throw new GatehouseError("forbidden", { detail: "Its owner may not read the audit log any more." });
  const head = await client.query<{ next: number }>("SELECT next::float8 AS next FROM audit_head WHERE id = 1");
  const end = Math.min(row.next + RANGE, head.rows[0]?.next ?? 0);
  const terms = { threshold: row.threshold, windowMs: row.windowSeconds * 1000 };
  const state = withMatches(stateOf(row), terms, await matchesOf(client, ctx, row, end));
  const nowMs = ctx.nowSeconds() * 1000;
  const due = isDue(state, terms, nowMs);
  await keep(client, row.id, due ? told(nowMs) : state, end);
  if (due) await tell(client, ctx, row, state, end);
  return end < (head.rows[0]?.next ?? 0);
}

const stateOf = ({ recentIdx, recentAt, untold, untoldFrom, reached, firedAtMs }: Row): AlertState => ({
  recent: recentIdx.map((idx, nth) => ({ idx: Number(idx), atMs: recentAt[nth] ?? 0 })),
  ...{ untold, untoldFrom, reached, firedAtMs },
});

/**
 * What is said of alerts and of the search itself matches nothing: its query stands there, and it would set itself off for ever. So does
 * the query of who searches for the same; that counts for searches that ask for actions.
 */
function countsFor({ id, query }: Row): Prisma.Sql {
  const parsed = parse(query);
  const asksForActions = parsed.ok && valuesOf(parsed.query, "action").included.length > 0;
  const ignored = ["audit.alert", ...(asksForActions ? [] : READING_ACTIONS)];
  return sql`action <> ALL(${ignored}::text[]) AND target_id IS DISTINCT FROM ${id}`;
}

async function matchesOf(client: pg.ClientBase, ctx: Ctx, row: Row, end: number): Promise<Match[]> {
  const where = await compileFilter(db(), auditFilterSchema.parse({ q: row.query }), ctx.nowSeconds());
  const { text, values } =
    sql`SELECT idx::float8 AS idx, extract(epoch FROM occurred_at)::float8 * 1000 AS "atMs" FROM audit_entry
    WHERE idx >= ${row.next}::float8::int8 AND idx < ${end}::float8::int8 AND ${countsFor(row)} AND (${where}) ORDER BY idx`;
  return (await client.query<Match>(text, values)).rows;
}

async function keep(client: pg.ClientBase, id: string, state: AlertState, next: number): Promise<void> {
  await client.query(
    `UPDATE saved_search SET next_idx = $2, recent_idx = $3::int8[], recent_at = ARRAY(SELECT to_timestamp(at) FROM unnest($4::float8[]) WITH ORDINALITY AS r(at, nth) ORDER BY nth),
       untold = $5, untold_from = $6, reached = $7, fired_at = to_timestamp($8::float8), fault = NULL WHERE id = $1`,
    [
      ...[id, next, state.recent.map(({ idx }) => idx), state.recent.map(({ atMs }) => atMs / 1000)],
      ...[state.untold, state.untoldFrom, state.reached, state.firedAtMs === null ? null : state.firedAtMs / 1000],
    ],
  );
}

/** The notice and the entry of one firing, in the transaction that moves the search on. */
async function tell(client: pg.ClientBase, ctx: Ctx, row: Row, state: AlertState, end: number): Promise<void> {
  const entryId = uuidV7();
  await client.query(
    `INSERT INTO notice (id, kind, recipient_id, person_id, saved_search_id, entry_id, matches, created_at)
     VALUES ($1, 'audit_alert', $2, $3, $4, $5, $6, to_timestamp($7::float8))`,
    [newId("notice"), row.shared ? null : row.ownerId, row.ownerId, row.id, entryId, state.untold, ctx.nowSeconds()],
  );
  const { untold: matches, untoldFrom } = state;
  const entries = await prepareEntries(queryBy(client), ctx, [
    {
      id: entryId,
      action: "audit.alert",
      outcome: "success",
      target: { kind: "saved_search", id: row.id, name: row.name },
      person: { id: row.ownerId, name: row.ownerName },
      details: {
        ...{ query: personalText(row.query), matches },
        ...{ threshold: row.threshold, windowSeconds: row.windowSeconds, firstIndex: untoldFrom, belowIndex: end },
      },
    },
  ]);
  await writeEntries((text, values) => client.query(text, values), await rowTypeOf(pool()), entries);
}
