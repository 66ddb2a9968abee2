import { z } from "zod";
import { logFaultSchema } from "@/lib/audit/faults/schema";
import { idField, instantField } from "@/lib/fields";
import { pageQuerySchema } from "@/lib/page";
import { NOTICE_AUDIENCES, NOTICE_KIND_NAMES } from "./catalogue";

/** Client-safe: what somebody should hear of. */

export const listNoticesSchema = pageQuerySchema.extend({
  /** `false`: only what nobody has seen yet; `true`: only what somebody has. */
  seen: z.stringbool().optional(),
  /** Only what is for the reader alone, or only what is for all admins. */
  to: z.enum(NOTICE_AUDIENCES).optional(),
});
export type ListNoticesInput = z.infer<typeof listNoticesSchema>;

export const dismissNoticeSchema = z.strictObject({ noticeId: idField });
export type DismissNoticeInput = z.infer<typeof dismissNoticeSchema>;

const namedSchema = z.strictObject({ id: idField, name: z.string() });

export const noticeSchema = z.strictObject({
  id: idField,
  kind: z.enum(NOTICE_KIND_NAMES),
  /** `person`: for the one who reads it; `admins`: for all of them. */
  to: z.enum(NOTICE_AUDIENCES),
  /** The grant that it is about, with its agent and server; null where it is about the person alone. */
  grantId: idField.nullable(),
  /** Whose access it is about; null where it is about nobody's. */
  person: namedSchema.nullable(),
  agent: namedSchema.nullable(),
  server: namedSchema.nullable(),
  /** From where it was done, as far as Gatehouse saw. */
  ip: z.string().nullable(),
  /** Of an `audit_alert`: its search (null once it was removed), the entry that was made of it, and how many matched. */
  alert: z.strictObject({ search: namedSchema.nullable(), entryId: z.uuid(), matches: z.number().int() }).nullable(),
  /** Of an `audit_fault`: what is wrong with the log's proof, and until when it was. */
  fault: logFaultSchema.nullable(),
  createdAt: instantField,
  seenAt: instantField.nullable(),
  /** Who marked it as seen; `name` is null where that was no person. */
  seenBy: z.strictObject({ id: z.string(), name: z.string().nullable() }).nullable(),
});
/** A notice as everybody outside `lib/notice` sees it. */
export type NoticeDto = z.infer<typeof noticeSchema>;
