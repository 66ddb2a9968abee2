import "server-only";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { defineRead } from "@/lib/verb";
import { withBadges } from "./badges/of";
import { compileQuery } from "./compile";
import { ENTRY_COLUMNS, toEntryDtos, type EntryRow } from "./dto";
import { readFilter } from "./filter";
import { runBounded } from "./query";
import { noteReading } from "./reading";
import type { AuditEntryDto, AuditFilter } from "./schema";
import { READ_AUDIT, readingOf } from "./search";

/** What is new: its entries, newest first, and from where to ask the next time. */
export type AuditTail = { items: AuditEntryDto[]; next: number };

const MOST = 100;
/** Entries that are looked at in one go: who comes back after an hour catches up piece by piece. */
const RANGE = 50_000;
const TIMEOUT_MS = 5000;
const { sql } = Prisma;

/**
 * What matches from the index `next` on. Asked again and again it is one reading, and leaves one entry, as long as that goes on. Errors
 * as `searchAudit`.
 */
export const tailAudit = defineRead(
  READ_AUDIT,
  async ({ ctx, db }, { filter, next }: { filter: AuditFilter; next: number }): Promise<AuditTail> => {
    const head = Number((await db.auditHead.findUniqueOrThrow({ where: { id: 1 } })).next);
    const end = Math.min(head, next + RANGE);
    const where = await compileQuery(db, readFilter(filter), ctx.nowSeconds() * 1000);
    const rows =
      end <= next
        ? []
        : await runBounded<EntryRow>(
            sql`SELECT ${ENTRY_COLUMNS} FROM audit_entry WHERE ${where} AND idx >= ${next}::float8::bigint AND idx < ${end}::float8::bigint
                ORDER BY idx LIMIT ${MOST}::int`,
            TIMEOUT_MS,
          );
    await noteReading(ctx, { ...readingOf(filter), goesOn: true });
    const last = rows.length === MOST ? rows.at(-1) : undefined;
    return {
      items: (await withBadges(await toEntryDtos(rows))).reverse(),
      next: last ? Number(last.idx) + 1 : Math.max(next, end),
    };
  },
);
