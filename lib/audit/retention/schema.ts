import { z } from "zod";
import { idField, instantField, lineField } from "@/lib/fields";
import { pageQuerySchema } from "@/lib/page";

/** Client-safe: how long the log is kept, its partitions, archives and legal holds. */

/** Fewer days would drop what is still looked into; more is for ever. */
export const LEAST_RETENTION_DAYS = 30;
const MOST_RETENTION_DAYS = 36_500;

export const setRetentionSchema = z.strictObject({
  /** Entries stay for so many days at least, and go to an archive then; null: they stay. */
  days: z
    .number()
    .int("must be a whole number of days")
    .min(LEAST_RETENTION_DAYS, `must be at least ${LEAST_RETENTION_DAYS} days`)
    .max(MOST_RETENTION_DAYS, `must be at most ${MOST_RETENTION_DAYS} days`)
    .nullable(),
});
export type SetRetentionInput = z.infer<typeof setRetentionSchema>;

export const retentionSchema = z.strictObject({
  days: z.number().int().nullable(),
  /** Whether `GATEHOUSE_AUDIT_ARCHIVE` names a folder: without one nothing is archived, and nothing dropped. */
  hasFolder: z.boolean(),
  /** What went wrong in the last round of the job; null where nothing did. */
  fault: z.string().nullable(),
  faultAt: instantField.nullable(),
  /** When the job looked last. */
  lookedAt: instantField.nullable(),
});
export type RetentionDto = z.infer<typeof retentionSchema>;

const reasonField = lineField(500);
const ONE = "Give a partition, or a time: from, to, or both";

const holdFields = {
  /** The name of a partition: its time is held. */
  partition: z
    .string()
    .regex(/^audit_entry_[a-z0-9_]{1,40}$/, "is no partition's name")
    .optional(),
  /** Entries from this moment on; from the log's beginning where left out. */
  from: instantField.optional(),
  /** Entries before this moment; without an end where left out. */
  to: instantField.optional(),
  reason: reasonField,
};
type HoldFields = { partition?: string; from?: string; to?: string };
const saysOne = ({ partition, from, to }: HoldFields) => (partition === undefined) !== (from === undefined && to === undefined); // prettier-ignore
const isForward = ({ from, to }: HoldFields) => from === undefined || to === undefined || Date.parse(from) < Date.parse(to); // prettier-ignore

export const placeHoldSchema = z
  .strictObject(holdFields)
  .refine(saysOne, ONE)
  .refine(isForward, { path: ["to"], message: "must be after from" });
export type PlaceHoldInput = z.infer<typeof placeHoldSchema>;

export const releaseSchema = z.strictObject({ reason: reasonField });
export const releaseHoldSchema = z.strictObject({ holdId: idField, reason: reasonField });
export type ReleaseHoldInput = z.infer<typeof releaseHoldSchema>;

export const holdSchema = z.strictObject({
  id: idField,
  from: instantField.nullable(),
  to: instantField.nullable(),
  reason: z.string(),
  heldAt: instantField,
  heldBy: z.string(),
  releasedAt: instantField.nullable(),
  releasedBy: z.string().nullable(),
  releaseReason: z.string().nullable(),
});
export type HoldDto = z.infer<typeof holdSchema>;

export const placedHoldSchema = holdSchema.extend({
  /** Partitions of that time that are in archives already: a hold keeps what is here, and says nothing of those files. */
  archived: z.array(z.strictObject({ partition: z.string(), file: z.string() })),
});
export type PlacedHoldDto = z.infer<typeof placedHoldSchema>;

export const holdsSchema = z.strictObject({ items: z.array(holdSchema) });
export const listHoldsSchema = z.strictObject({
  /** With those that were released. */
  released: z.stringbool().default(false),
});
export type ListHoldsInput = z.infer<typeof listHoldsSchema>;

/** `ahead`: made for the time to come. `hot`: written now. `archived`: dropped, its entries are in a file. */
export const PARTITION_STATES = ["ahead", "hot", "closed", "held", "archived"] as const;

/** Why a partition is not archived and dropped yet. */
export const WAITS = ["policy", "age", "hold", "indexing", "signing", "sink", "readers"] as const;
export type Wait = (typeof WAITS)[number];

export const partitionSchema = z.strictObject({
  name: z.string(),
  /** Null for the first, which has no beginning. */
  from: instantField.nullable(),
  to: instantField,
  state: z.enum(PARTITION_STATES),
  firstIndex: z.number().int().nullable(),
  lastIndex: z.number().int().nullable(),
  /** Null while it is written. */
  entries: z.number().int().nullable(),
  /** With its indexes; null once it is dropped. */
  bytes: z.number().int().nullable(),
  /** The holds that it is under. */
  holds: z.array(idField),
  /** Null where it is due, was archived, or is not closed. */
  waitsFor: z.enum(WAITS).nullable(),
  archive: z
    .strictObject({ file: z.string(), sha256: z.string(), bytes: z.number().int(), at: instantField, entryId: z.string() })
    .nullable(),
}); // prettier-ignore
export type PartitionDto = z.infer<typeof partitionSchema>;

export const listPartitionsSchema = pageQuerySchema;
export type ListPartitionsInput = z.infer<typeof listPartitionsSchema>;
