import "server-only";
import { z } from "zod";
import type { Ctx } from "@/lib/ctx";
import { decodeCursor, encodeCursor } from "@/lib/cursor";
import type { Tx } from "@/lib/db";
import { withBadges } from "./badges/of";
import { archivedOf } from "./archive/of-time";
import { compileQuery } from "./compile";
import { ENTRY_COLUMNS, toEntryDtos, type EntryRow } from "./dto";
import { readFilter } from "./filter";
import { groundsOf } from "./grounds";
import { boundsOf } from "./language/bounds";
import { momentOf } from "./moment";
import { onReader } from "./reader";
import { auditFilterSchema, type AuditEntryDto, type SearchAuditInput, type SearchPageDto } from "./schema";
import { walk } from "./walk";

const positionSchema = z.tuple([z.string().regex(/^\d{1,19}$/), z.enum(["older", "newer"])]);

/** A cursor belongs to its filter; the time range may move on (as *the last hour* does), since it is no part of the place. */
function scopeOf(input: SearchAuditInput): string {
  return `audit:${JSON.stringify({ ...auditFilterSchema.parse(input), from: undefined, to: undefined })}`;
}

/** The cursor of the page with what is newer than `items`, or null on the first page. */
export function newerCursor(input: SearchAuditInput, items: readonly AuditEntryDto[]): string | null {
  const [first] = items;
  return input.cursor && first ? encodeCursor(scopeOf(input), [String(first.index), "newer"]) : null;
}

/** How long a page that somebody waits for on a screen may take, and one for who has the time. */
export const QUICK_MS = 50;
export const PATIENT_MS = 3000;

/**
 * What `searchAudit` gives, without the entry that it leaves: for verbs that leave their own, or none. After `budgetMs` the page
 * is what was found until then, and its cursor goes on there.
 * @param tell called once it is clear that the question can be answered, and waited for
 */
export async function findEntries(
  { ctx, db }: { ctx: Ctx; db: Tx },
  input: SearchAuditInput,
  budgetMs: number,
  tell: () => Promise<void> = () => Promise.resolve(),
): Promise<SearchPageDto> {
  const scope = scopeOf(input);
  const [position, direction] = input.cursor ? decodeCursor(scope, input.cursor, positionSchema) : [null, "older"];
  const newer = direction === "newer";
  const query = readFilter(input);
  const nowMs = await momentOf(ctx, input);
  const where = await compileQuery(db, query, nowMs);
  const walked = onReader(async (reader) =>
    walk<EntryRow>(reader, {
      columns: ENTRY_COLUMNS,
      where,
      grounds: await groundsOf(reader, db, query, nowMs),
      beyond: position === null ? null : Number(position),
      newer,
      limit: input.limit + 1,
      budgetMs: newer ? PATIENT_MS : budgetMs,
    }),
  );
  const [{ rows, reached }] = await Promise.all([walked, tell()]);
  const kept = rows.slice(0, input.limit);
  if (newer) kept.reverse();
  const last = kept.at(-1);
  // Who came from older entries has them behind.
  const more = newer || rows.length > input.limit;
  const next = last && more ? last.idx : reached === null ? null : String(reached);
  const archived = next === null ? await archivedOf(boundsOf(query, nowMs)) : null;
  return {
    items: await withBadges(await toEntryDtos(kept)),
    nextCursor: next === null ? null : encodeCursor(scope, [next, "older"]),
    ...(archived ? { archived } : {}),
  };
}
