import "server-only";
import { z } from "zod";
import type { Ctx } from "@/lib/ctx";
import { decodeCursor, encodeCursor } from "@/lib/cursor";
import type { Tx } from "@/lib/db";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import type { Page } from "@/lib/page";
import { withBadges } from "./badges/of";
import { asksForThings, compileQuery } from "./compile";
import { ENTRY_COLUMNS, toEntryDto, type EntryRow } from "./dto";
import { readFilter } from "./filter";
import { momentOf } from "./moment";
import { runBounded, runNewest } from "./query";
import { auditFilterSchema, type AuditEntryDto, type SearchAuditInput } from "./schema";

const SEARCH_TIMEOUT_MS = 5000;
const positionSchema = z.tuple([z.string().regex(/^\d{1,19}$/), z.enum(["older", "newer"])]);
const { sql } = Prisma;

/** A cursor belongs to its filter; the time range may move on (as *the last hour* does), since it is no part of the place. */
function scopeOf(input: SearchAuditInput): string {
  return `audit:${JSON.stringify({ ...auditFilterSchema.parse(input), from: undefined, to: undefined })}`;
}

/** The cursor of the page with what is newer than `items`, or null on the first page. */
export function newerCursor(input: SearchAuditInput, items: readonly AuditEntryDto[]): string | null {
  const [first] = items;
  return input.cursor && first ? encodeCursor(scopeOf(input), [String(first.index), "newer"]) : null;
}

/** What `searchAudit` gives, without the entry that it leaves: for verbs that leave their own, or none. */
export async function findEntries(
  { ctx, db }: { ctx: Ctx; db: Tx },
  input: SearchAuditInput,
): Promise<Page<AuditEntryDto>> {
  const scope = scopeOf(input);
  const [position, direction] = input.cursor ? decodeCursor(scope, input.cursor, positionSchema) : [null, "older"];
  const newer = direction === "newer";
  const query = readFilter(input);
  const where = await compileQuery(db, query, await momentOf(ctx, input));
  const beyond =
    position === null ? sql`TRUE` : newer ? sql`idx > ${position}::bigint` : sql`idx < ${position}::bigint`;
  const run = asksForThings(query) ? runNewest : runBounded;
  const rows = await run<EntryRow>(
    sql`SELECT ${ENTRY_COLUMNS} FROM audit_entry WHERE ${where} AND ${beyond}
        ORDER BY idx ${newer ? sql`ASC` : sql`DESC`} LIMIT ${input.limit + 1}::int`,
    SEARCH_TIMEOUT_MS,
  );
  const kept = rows.slice(0, input.limit);
  if (newer) kept.reverse();
  const last = kept.at(-1);
  // Who came from older entries has them behind.
  const more = newer || rows.length > input.limit;
  return {
    items: await withBadges(kept.map(toEntryDto)),
    nextCursor: last && more ? encodeCursor(scope, [last.idx, "older"]) : null,
  };
}
