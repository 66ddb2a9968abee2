import "server-only";
import { hash } from "node:crypto";
import { actorRef, type Ctx } from "@/lib/ctx";
import { pool, queryBy } from "@/lib/db";
import { GatehouseError } from "@/lib/errors";
import { Recent } from "@/lib/recent";
import type { EntryDraft } from "./entry";
import { prepareEntries } from "./personal/commit";
import { rowTypeOf, writeEntries } from "./write";

/** The same reading by the same reader is told once in so long, ms. */
const ONCE_IN_MS = 300_000;
/** A reading that goes on is noted this often, ms. */
const TOUCH_MS = 60_000;
/** Rows that have said what they had to, taken away along the way. */
const FORGOTTEN_AT_ONCE = 100;

/** Readings that this process has noted, and when: most need no look at the database. */
const noted = new Recent<number>(2000);

type Reading = {
  /** What stands in the log: `audit.search` or `audit.read`. */
  draft: EntryDraft;
  /** Two readings of the same are one. */
  same: unknown;
  /** True where it is asked for again and again (live tail): it is one reading as long as that goes on. */
  goesOn?: boolean;
};

/**
 * Tells in the log that somebody reads it: once in five minutes for the same reader and the same thing, over all processes. Call it
 * before what was read is given away. Throws `unavailable` where it cannot be written.
 */
export async function noteReading(ctx: Ctx, { draft, same, goesOn = false }: Reading): Promise<void> {
  const reader = actorRef(ctx.actor);
  const what = hash("sha256", `${draft.action} ${JSON.stringify(same)}`, "buffer");
  const key = `${reader} ${what.toString("hex")}`;
  const nowMs = ctx.nowSeconds() * 1000;
  const since = nowMs - (noted.get(key) ?? -Infinity);
  if (since >= 0 && since < (goesOn ? TOUCH_MS : ONCE_IN_MS)) return;
  try {
    noted.set(key, await write(ctx, draft, { reader, what, goesOn, nowMs }));
  } catch (error) {
    throw new GatehouseError("unavailable", { cause: error, internal: "the audit log could not be written" });
  }
}

/** Returns since when the reading counts as noted, ms: another process may have told it before. */
async function write(
  ctx: Ctx,
  draft: EntryDraft,
  { reader, what, goesOn, nowMs }: { reader: string; what: Buffer; goesOn: boolean; nowMs: number },
): Promise<number> {
  const rowType = await rowTypeOf(pool());
  const client = await pool().connect();
  let failed = true;
  try {
    await client.query("BEGIN");
    const { rowCount } = await client.query(NOTE, [reader, what, nowMs / 1000, ONCE_IN_MS / 1000]);
    let atMs = nowMs;
    if (rowCount === 1) {
      await client.query(FORGET, [nowMs / 1000, ONCE_IN_MS / 1000, FORGOTTEN_AT_ONCE]);
      const entries = await prepareEntries(queryBy(client), ctx, [draft]);
      await writeEntries((text, values) => client.query(text, values), rowType, entries);
    } else {
      const { rows } = await client.query<{ at: number }>(goesOn ? TOUCH : KNOWN, [reader, what, nowMs / 1000]);
      atMs = (rows[0]?.at ?? 0) * 1000;
    }
    await client.query("COMMIT");
    failed = false;
    return atMs;
  } finally {
    // The connection goes with the failed transaction; the pool makes another.
    client.release(failed);
  }
}

/** One row where it is to be told. Of two at once the second waits for the first, and is told nothing. */
const NOTE = `
INSERT INTO audit_reading AS known (reader, what, at) VALUES ($1, $2, to_timestamp($3::float8))
ON CONFLICT (reader, what) DO UPDATE SET at = excluded.at
WHERE known.at <= excluded.at - $4::float8 * interval '1 second'`;
const KNOWN = `
SELECT extract(epoch FROM at)::float8 AS at FROM audit_reading WHERE reader = $1 AND what = $2 AND $3::float8 IS NOT NULL`;
const TOUCH = `
UPDATE audit_reading SET at = to_timestamp($3) WHERE reader = $1 AND what = $2 RETURNING extract(epoch FROM at)::float8 AS at`;
const FORGET = `
DELETE FROM audit_reading WHERE (reader, what) IN
  (SELECT reader, what FROM audit_reading WHERE at < to_timestamp($1::float8) - 2 * $2::float8 * interval '1 second' LIMIT $3 FOR UPDATE SKIP LOCKED)`;
