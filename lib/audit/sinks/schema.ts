import { z } from "zod";
import { idField, instantField, lineField } from "@/lib/fields";
import { pageQuerySchema } from "@/lib/page";
import { sinkQueryField } from "./query";
import { SETTINGS, SINK_FORMATS, SINK_KINDS, type SinkKind } from "./settings";

/** Client-safe: the places that the log is shipped to, as they are set up and shown. */

const MAX_INDEX = Number.MAX_SAFE_INTEGER;
const indexField = z.number().int().min(0).max(MAX_INDEX);

/** A password, token or key. Shown nowhere again. */
const secretField = z.string().trim().min(1, "must not be empty").max(16_384);

const variant = <K extends SinkKind>(kind: K) =>
  z.strictObject({
    kind: z.literal(kind),
    name: lineField(100),
    format: z.enum(SINK_FORMATS).default("gatehouse"),
    /** Ship only what matches (docs/audit-query.md); null ships everything. */
    query: sinkQueryField.default(null),
    settings: SETTINGS[kind],
    /** A webhook's is made where none is given. */
    secret: secretField.optional(),
    /** Ship from here on, or the whole log from its start. */
    from: z.enum(["now", "start"]).default("now"),
  });

export const createSinkSchema = z.discriminatedUnion("kind", [
  variant("webhook"),
  variant("loki"),
  variant("otlp"),
  variant("splunk_hec"),
  variant("syslog"),
  variant("s3"),
]);
export type CreateSinkInput = z.infer<typeof createSinkSchema>;

export const changeSinkSchema = z.strictObject({
  name: lineField(100).optional(),
  format: z.enum(SINK_FORMATS).optional(),
  /** Counts for what has not been acknowledged by then. */
  query: sinkQueryField.optional(),
  /** All of them: what is left out takes its default. */
  settings: z.record(z.string(), z.unknown()).optional(),
  secret: secretField.optional(),
});

export const sinkIdSchema = z.strictObject({ sinkId: idField });
export type SinkIdInput = z.infer<typeof sinkIdSchema>;
export const updateSinkSchema = sinkIdSchema.extend(changeSinkSchema.shape);
export type UpdateSinkInput = z.infer<typeof updateSinkSchema>;

const ONE = "Give either an index or a time";
export const replaySchema = z
  .strictObject({
    /** The first entry to be shipped again. */
    index: indexField.optional(),
    /** Entries from this moment on are shipped again. */
    since: instantField.optional(),
  })
  .refine(({ index, since }) => (index === undefined) !== (since === undefined), ONE);
export const replaySinkSchema = sinkIdSchema
  .extend({ index: indexField.optional(), since: instantField.optional() })
  .refine(({ index, since }) => (index === undefined) !== (since === undefined), ONE);
export type ReplaySinkInput = z.infer<typeof replaySinkSchema>;

export const sinkSchema = z.strictObject({
  id: idField,
  name: z.string(),
  kind: z.enum(SINK_KINDS),
  format: z.enum(SINK_FORMATS),
  /** What it gets; null where that is everything. */
  query: z.string().nullable(),
  settings: z.record(z.string(), z.unknown()),
  hasSecret: z.boolean(),
  status: z.enum(["active", "paused"]),
  /** The next entry that it gets; everything before was acknowledged there, is a dead letter, or was left out by its query. */
  cursor: indexField,
  /** Entries that wait for it; with a query, those that it has not been tried on yet. */
  lagEntries: indexField,
  /** For how long the oldest of them has waited, seconds; 0 where none does. */
  lagSeconds: z.number().min(0),
  shipped: indexField,
  /** Entries that were no longer in the log when their turn came. */
  missed: indexField,
  /** Entries that its query left out. */
  leftOut: indexField,
  shippedAt: instantField.nullable(),
  /** Tries that failed in a row; 0 where the last one went well. */
  failures: z.number().int().min(0),
  lastError: z.string().nullable(),
  lastErrorAt: instantField.nullable(),
  nextTryAt: instantField.nullable(),
  deadLetters: indexField,
  createdAt: instantField,
});
export type SinkDto = z.infer<typeof sinkSchema>;

export const sinksSchema = z.strictObject({ items: z.array(sinkSchema), nextCursor: z.null() });

export const createdSinkSchema = sinkSchema.extend({
  /** A secret that was made for it, this once; null where one was given, or none is needed. */
  secret: z.string().nullable(),
});
export type CreatedSinkDto = z.infer<typeof createdSinkSchema>;

export const testResultSchema = z.strictObject({
  ok: z.boolean(),
  /** What the receiver, or the way to it, had against the event. */
  error: z.string().nullable(),
  milliseconds: z.number().int().min(0),
});
export type TestResultDto = z.infer<typeof testResultSchema>;

export const sinkDeadLettersSchema = pageQuerySchema.extend(sinkIdSchema.shape);
export type SinkDeadLettersInput = z.infer<typeof sinkDeadLettersSchema>;

export const deadLetterSchema = z.strictObject({
  index: indexField,
  error: z.string(),
  refusedAt: instantField,
  /** True where it waits to be sent again. */
  retrying: z.boolean(),
});
export type DeadLetterDto = z.infer<typeof deadLetterSchema>;

/** Which dead letters: some by their indices, or all of them where left out. */
const indices = { indices: z.array(indexField).min(1).max(1000).optional() };
export const someDeadLettersSchema = z.strictObject(indices);
export const sinkSomeDeadLettersSchema = sinkIdSchema.extend(indices);
export type SomeDeadLettersInput = z.infer<typeof sinkSomeDeadLettersSchema>;

export const deadLettersChangedSchema = z.strictObject({ changed: z.number().int().min(0) });
