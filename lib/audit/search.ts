import "server-only";
import { GatehouseError } from "@/lib/errors";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import type { Page } from "@/lib/page";
import { defineRead } from "@/lib/verb";
import { withBadges } from "./badges/of";
import { ENTRY_COLUMNS, toEntryDto, type EntryRow } from "./dto";
import { findEntries } from "./find";
import { runBounded } from "./query";
import { noteReading } from "./reading";
import { auditFilterSchema, type AuditEntryDto, type AuditFilter, type SearchAuditInput } from "./schema";

/** What every reading verb of the log asks for. */
export const READ_AUDIT = { action: "audit.search", permission: "audit.read" } as const;

const TIMEOUT_MS = 5000;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const { sql } = Prisma;

/** What a filter asks for, as an entry tells it. */
export const askedOf = (filter: AuditFilter): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(auditFilterSchema.parse(filter)).filter(
      ([, value]) => value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0),
    ),
  );

/** A search as it is noted. Its range may move on, as *the last hour* does: it stays the same search. */
export function readingOf(filter: AuditFilter) {
  const asked = askedOf(filter);
  return {
    draft: {
      action: "audit.search" as const,
      outcome: "success" as const,
      target: { kind: "audit" as const, id: "audit" },
      details: { filter: asked },
    },
    same: { ...asked, from: undefined, to: undefined },
  };
}

/**
 * The entries that match, newest first, a page at a time by index: what is written meanwhile moves nothing. It leaves an entry
 * itself (`audit.search`), once in five minutes for the same reader and query.
 * Errors: `invalid_cursor`, `search_too_broad` (after 5 s), `validation_failed` (field `q`, or the one at fault).
 */
export const searchAudit = defineRead(
  READ_AUDIT,
  async (scope, input: SearchAuditInput): Promise<Page<AuditEntryDto>> => {
    const page = await findEntries(scope, input);
    await noteReading(scope.ctx, readingOf(input));
    return page;
  },
);

/** The newest entries about one thing, for that thing's own page: who may see the page sees them, and it leaves no entry. */
export const historyOfThing = defineRead(
  READ_AUDIT,
  async (scope, input: SearchAuditInput): Promise<AuditEntryDto[]> => (await findEntries(scope, input)).items,
);

/**
 * One entry, by its id (a UUID) or its index. It leaves an entry itself (`audit.read`), once in five minutes for the same reader.
 * Errors: `entry_not_found`.
 */
export const getEntry = defineRead(READ_AUDIT, async ({ ctx }, input: { id: string }): Promise<AuditEntryDto> => {
  const which = UUID.test(input.id)
    ? sql`id = ${input.id}::uuid`
    : /^\d{1,15}$/.test(input.id)
      ? sql`idx = ${input.id}::bigint`
      : null;
  if (which === null) throw new GatehouseError("entry_not_found");
  const [row] = await runBounded<EntryRow>(sql`SELECT ${ENTRY_COLUMNS} FROM audit_entry WHERE ${which}`, TIMEOUT_MS);
  const [entry] = row ? await withBadges([toEntryDto(row)]) : [];
  if (!entry) throw new GatehouseError("entry_not_found");
  await noteReading(ctx, {
    draft: {
      action: "audit.read",
      outcome: "success",
      target: { kind: "audit", id: entry.id, name: entry.action },
      details: { index: entry.index },
    },
    same: entry.id,
  });
  return entry;
});
