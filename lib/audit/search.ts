import "server-only";
import { GatehouseError } from "@/lib/errors";
import { Prisma } from "@/lib/generated/prisma/client.ts";
import { defineRead, type ReadScope } from "@/lib/verb";
import { missingEntry } from "./archive/of-time";
import { withBadges } from "./badges/of";
import { ENTRY_COLUMNS, toEntryDtos, type EntryRow } from "./dto";
import { findEntries, PATIENT_MS, QUICK_MS } from "./find";
import { personalText } from "./personal/draft";
import { runBounded } from "./query";
import { noteReading } from "./reading";
import {
  auditFilterSchema,
  type AuditEntryDto,
  type AuditFilter,
  type SearchAuditInput,
  type SearchPageDto,
} from "./schema";
import { recordedAbout } from "./storage/recorded";

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

/** What of a filter is written by hand, and may name anybody. */
const TEXTS = ["q", "actor", "person", "target"] as const;

/** What a filter asks for, as an entry keeps it: words as commitments, so that a name that was searched for can be erased. */
export const askedPersonal = (asked: Record<string, unknown>): Record<string, unknown> => ({
  ...asked,
  ...Object.fromEntries(
    TEXTS.flatMap((field) => {
      const text = asked[field];
      return typeof text === "string" ? [[field, personalText(text)]] : [];
    }),
  ),
});

/** A search as it is noted. Its range may move on, as *the last hour* does: it stays the same search. */
export function readingOf(filter: AuditFilter) {
  const asked = askedOf(filter);
  return {
    draft: {
      action: "audit.search" as const,
      outcome: "success" as const,
      target: { kind: "audit" as const, id: "audit" },
      details: { filter: askedPersonal(asked) },
    },
    same: { ...asked, from: undefined, to: undefined },
  };
}

const searching =
  (budgetMs: number) =>
  (scope: ReadScope, input: SearchAuditInput): Promise<SearchPageDto> =>
    findEntries(scope, input, budgetMs, () => noteReading(scope.ctx, readingOf(input)));

/**
 * The entries that match, newest first, a page at a time by index: what is written meanwhile moves nothing. Answers in a moment
 * with what was found until then: a page that is not full and has a `nextCursor` goes on there. It leaves an entry itself
 * (`audit.search`), once in five minutes for the same reader and query.
 * Errors: `invalid_cursor`, `validation_failed` (field `q`, or the one at fault).
 */
export const searchAudit = defineRead(READ_AUDIT, searching(QUICK_MS));

/** `searchAudit` for who would rather wait some seconds than ask again. */
export const searchAuditPatiently = defineRead(READ_AUDIT, searching(PATIENT_MS));

/** The newest entries about one thing, for that thing's own page: who may see the page sees them, and it leaves no entry. */
export const historyOfThing = defineRead(
  READ_AUDIT,
  async (scope, input: SearchAuditInput): Promise<AuditEntryDto[]> =>
    (await findEntries(scope, input, PATIENT_MS)).items,
);

/**
 * One entry, by its id (a UUID) or its index. It leaves an entry itself (`audit.read`), once in five minutes for the same reader.
 * Errors: `entry_not_found`, `entry_archived`.
 */
export const getEntry = defineRead(READ_AUDIT, async ({ ctx }, input: { id: string }): Promise<AuditEntryDto> => {
  const row = UUID.test(input.id)
    ? await entryOf(input.id)
    : /^\d{1,15}$/.test(input.id)
      ? await one(sql`idx = ${input.id}::bigint`)
      : null;
  const [entry] = row ? await withBadges(await toEntryDtos([row])) : [];
  if (!entry) throw isReference(input.id) ? await missingEntry(input.id) : new GatehouseError("entry_not_found");
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

const isReference = (id: string) => UUID.test(id) || /^\d{1,15}$/.test(id);

const one = async (which: Prisma.Sql): Promise<EntryRow | null> =>
  (await runBounded<EntryRow>(sql`SELECT ${ENTRY_COLUMNS} FROM audit_entry WHERE ${which}`, TIMEOUT_MS))[0] ?? null;

/** Looked for first in the partitions of the time that its id tells. */
async function entryOf(id: string): Promise<EntryRow | null> {
  const [from, to] = recordedAbout([id]);
  const which = sql`id = ${id}::uuid`;
  return (await one(sql`${which} AND recorded_at BETWEEN ${from} AND ${to}`)) ?? one(which);
}
