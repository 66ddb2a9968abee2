import "server-only";
import { z } from "zod";
import { decodeCursor, encodeCursor } from "@/lib/cursor";
import { GatehouseError } from "@/lib/errors";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import type { Page } from "@/lib/page";
import { defineRead } from "@/lib/verb";
import { withBadges } from "./badges/of";
import { ENTRY_COLUMNS, toEntryDto, type EntryRow } from "./dto";
import { asksForThings, compileQuery } from "./compile";
import { readFilter } from "./filter";
import { runBounded, runNewest } from "./query";
import { auditFilterSchema, type AuditEntryDto, type SearchAuditInput } from "./schema";

/** What every reading verb of the log asks for. */
export const READ_AUDIT = { action: "audit.search", permission: "audit.read" } as const;

const SEARCH_TIMEOUT_MS = 5000;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
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

/**
 * The entries that match, newest first, a page at a time by index: what is written meanwhile moves nothing.
 * Errors: `invalid_cursor`, `search_too_broad` (after 5 s), `validation_failed` (field `q`, or the one at fault).
 */
export const searchAudit = defineRead(
  READ_AUDIT,
  async ({ ctx, db }, input: SearchAuditInput): Promise<Page<AuditEntryDto>> => {
    const scope = scopeOf(input);
    const [position, direction] = input.cursor ? decodeCursor(scope, input.cursor, positionSchema) : [null, "older"];
    const newer = direction === "newer";
    const query = readFilter(input);
    const where = await compileQuery(db, query, ctx.nowSeconds() * 1000);
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
  },
);

/** One entry, by its id (a UUID) or its index. Errors: `entry_not_found`. */
export const getEntry = defineRead(READ_AUDIT, async (_scope, input: { id: string }): Promise<AuditEntryDto> => {
  const which = UUID.test(input.id)
    ? sql`id = ${input.id}::uuid`
    : /^\d{1,15}$/.test(input.id)
      ? sql`idx = ${input.id}::bigint`
      : null;
  if (which === null) throw new GatehouseError("entry_not_found");
  const [row] = await runBounded<EntryRow>(
    sql`SELECT ${ENTRY_COLUMNS} FROM audit_entry WHERE ${which}`,
    SEARCH_TIMEOUT_MS,
  );
  if (!row) throw new GatehouseError("entry_not_found");
  const [entry] = await withBadges([toEntryDto(row)]);
  if (!entry) throw new GatehouseError("entry_not_found");
  return entry;
});
