import { z } from "zod";
import { queryField } from "@/lib/audit/language/field";
import { idField, instantField, lineField } from "@/lib/fields";

/** Client-safe: searches of the audit log that somebody keeps. */

export const MAX_ALERT_THRESHOLD = 1000;
export const MIN_ALERT_WINDOW_SECONDS = 60;
export const MAX_ALERT_WINDOW_SECONDS = 604_800;

/** Tells when `threshold` entries match within `windowSeconds`, and at most once in that time. */
const alertField = z
  .strictObject({
    threshold: z.coerce.number().int().min(1).max(MAX_ALERT_THRESHOLD).default(1),
    windowSeconds: z.coerce.number().int().min(MIN_ALERT_WINDOW_SECONDS).max(MAX_ALERT_WINDOW_SECONDS).default(300),
  })
  .nullable();

export const createSavedSearchSchema = z.strictObject({
  name: lineField(100),
  /** What is searched for, as it is typed. */
  query: queryField(),
  shared: z.boolean().default(false),
  alert: alertField.default(null),
  /** Whose it is. Left out, of whoever asks; others' need `policy.write`. */
  ownerId: idField.optional(),
});
export type CreateSavedSearchInput = z.infer<typeof createSavedSearchSchema>;

export const changeSavedSearchSchema = z.strictObject({
  name: lineField(100).optional(),
  query: queryField().optional(),
  shared: z.boolean().optional(),
  alert: alertField.optional(),
});

export const removeSavedSearchSchema = z.strictObject({ savedSearchId: idField });
export const updateSavedSearchSchema = removeSavedSearchSchema.extend(changeSavedSearchSchema.shape);
export type ChangeSavedSearchInput = z.infer<typeof updateSavedSearchSchema>;
export type RemoveSavedSearchInput = z.infer<typeof removeSavedSearchSchema>;

export const savedSearchSchema = z.strictObject({
  id: idField,
  name: z.string(),
  query: z.string(),
  shared: z.boolean(),
  owner: z.strictObject({ id: idField, name: z.string() }),
  /** True where whoever asks may change it. */
  changeable: z.boolean(),
  alert: z
    .strictObject({
      threshold: z.number().int(),
      windowSeconds: z.number().int(),
      /** When it told last. */
      firedAt: instantField.nullable(),
      /** Why it cannot be tried, in words; null where it can. */
      fault: z.string().nullable(),
    })
    .nullable(),
  createdAt: instantField,
  updatedAt: instantField,
});
/** A saved search as everybody outside `lib/saved-search` sees it. */
export type SavedSearchDto = z.infer<typeof savedSearchSchema>;
export const savedSearchesSchema = z.strictObject({ items: z.array(savedSearchSchema), nextCursor: z.null() });
