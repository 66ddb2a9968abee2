import { z } from "zod";
import { instantField } from "@/lib/fields";
import { BADGE_KINDS } from "./badges/catalogue";
import { AUDIT_ACTIONS, OUTCOMES } from "./catalogue";

/** Client-safe: how the audit log is asked, and what it answers. */

/** What can be filtered by. Lists mean *any of*. */
export const auditFilterSchema = z.object({
  /** A query (docs/audit-query.md): words and phrases in any part of the entry, and qualifiers. */
  q: z.string().optional(),
  from: instantField.optional(),
  to: instantField.optional(),
  /** Exact, or a prefix with `.*` (`token.*`). */
  action: z.array(z.string().max(64)).max(20).default([]),
  outcome: z.array(z.enum(OUTCOMES)).max(5).default([]),
  reason: z.array(z.string().max(64)).max(20).default([]),
  /** Ids or (parts of) names and addresses. */
  actor: z.string().max(200).optional(),
  person: z.string().max(200).optional(),
  agent: z.string().max(200).optional(),
  server: z.string().max(200).optional(),
  token: z.string().max(200).optional(),
  tool: z.string().max(256).optional(),
  /** An id, a name, or the address of a trusted identity provider. */
  target: z.string().max(2000).optional(),
  requestId: z.string().max(200).optional(),
  ip: z.string().max(64).optional(),
  /** Only entries below this index: the log as it was when it had so many. */
  below: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
  /** False leaves out that somebody read the log: else every search for a word finds that it was searched for. */
  readings: z.union([z.boolean(), z.stringbool()]).optional(),
});
export type AuditFilter = z.infer<typeof auditFilterSchema>;

export const searchAuditSchema = auditFilterSchema.extend({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(1024).optional(),
});
export type SearchAuditInput = z.infer<typeof searchAuditSchema>;

/** Entries that were searched for and have left the log: between these moments, from its beginning where `from` is null. */
export const archivedTimeSchema = z.strictObject({
  from: z.iso.datetime().nullable(),
  to: z.iso.datetime(),
  entries: z.number().int(),
});
export type ArchivedTimeDto = z.infer<typeof archivedTimeSchema>;

export const EXPORT_FORMATS = ["csv", "ndjson", "bundle"] as const;
export const exportAuditSchema = auditFilterSchema.extend({ format: z.enum(EXPORT_FORMATS) });
export type ExportAuditInput = z.infer<typeof exportAuditSchema>;

/** The acts of reading the log itself. */
export const READING_ACTIONS = ["audit.search", "audit.read"] as const;

export const AUDIT_ACTION_NAMES = Object.keys(AUDIT_ACTIONS) as (keyof typeof AUDIT_ACTIONS)[];

const named = z.strictObject({ id: z.string(), name: z.string().nullable() });

export const auditEntrySchema = z.strictObject({
  /** Dense, from 0, in commit order. */
  index: z.number().int(),
  id: z.uuid(),
  occurredAt: z.string(),
  recordedAt: z.string(),
  action: z.string(),
  outcome: z.enum(OUTCOMES),
  reason: z.string().nullable(),
  actor: z.strictObject({ kind: z.string(), id: z.string().nullable(), name: z.string().nullable() }),
  target: z.strictObject({ kind: z.string(), id: z.string(), name: z.string().nullable() }).nullable(),
  person: named.nullable(),
  agent: named.nullable(),
  /** The server, where the fact concerns exactly one. */
  server: named.nullable(),
  /** Every server that the fact concerns. */
  servers: z.array(named),
  credential: z
    .strictObject({ id: z.string(), kind: z.string(), name: z.string().nullable(), masked: z.string().nullable() })
    .nullable(),
  tool: z.string().nullable(),
  ip: z.string().nullable(),
  requestId: z.string().nullable(),
  /** The W3C trace that the request said it belongs to, 32 hex digits. */
  traceId: z.string().nullable(),
  /** The session that a person used, or that was opened. */
  sessionId: z.string().nullable(),
  /** The whole entry as it was recorded and hashed. */
  body: z.record(z.string(), z.unknown()),
  /** What the commitments in `body` stand for (names and addresses of people); null where that was erased. */
  personal: z.record(z.string(), z.string().nullable()),
  /** The leaf hash (RFC 6962), hex. */
  leaf: z.string(),
  /** What strikes about it beside other entries. No part of what was recorded. */
  badges: z.array(z.strictObject({ kind: z.enum(BADGE_KINDS), count: z.number().int().nullable() })),
});
/** An audit entry as everybody outside `lib/audit` sees it. */
export type AuditEntryDto = z.infer<typeof auditEntrySchema>;

/** A page of a search. `archived` stands on the last one, where the search reaches into times that are in archives. */
export const searchPageSchema = z.strictObject({
  items: z.array(auditEntrySchema),
  nextCursor: z.string().nullable(),
  archived: archivedTimeSchema.optional(),
});
export type SearchPageDto = z.infer<typeof searchPageSchema>;
