import { z } from "zod";
import { idField, instantField, lineField } from "@/lib/fields";
import { pageQuerySchema } from "@/lib/page";

/** Client-safe: what people ask the admins about agents, and what these say. */

export const APPROVAL_STATES = ["pending", "approved", "refused"] as const;

export const askApprovalSchema = z.strictObject({
  /** Of the request that waits for it. */
  uid: z.string().regex(/^[\w-]{10,100}$/, "is not the id of a request"),
  startedHere: z.string().nullable(),
  /** What the admin reads. */
  reason: lineField(500),
});
export type AskApprovalInput = z.infer<typeof askApprovalSchema>;

export const decideApprovalSchema = z.strictObject({
  decision: z.enum(["approve", "refuse"]),
  note: lineField(500).optional(),
  /** Until when it counts; for as long as nobody takes it back where absent. */
  expiresAt: instantField.optional(),
});
export const decideOneApprovalSchema = decideApprovalSchema.extend({ approvalId: idField });
export type DecideApprovalInput = z.infer<typeof decideOneApprovalSchema>;

export const endApprovalSchema = z.strictObject({ approvalId: idField });
export type EndApprovalInput = z.infer<typeof endApprovalSchema>;

export const listApprovalsSchema = pageQuerySchema.extend({
  state: z.enum(APPROVAL_STATES).optional(),
  agentId: idField.optional(),
  personId: idField.optional(),
});
export type ListApprovalsInput = z.infer<typeof listApprovalsSchema>;

export const approvalSchema = z.strictObject({
  id: idField,
  agent: z.strictObject({ id: idField, name: z.string(), host: z.string().nullable() }),
  person: z.strictObject({ id: idField, name: z.string() }),
  server: z.strictObject({ id: idField, name: z.string() }),
  /** True where it is about letting the agent in at all. */
  client: z.boolean(),
  /** The scopes that it is about. */
  scopes: z.array(z.string()),
  reason: z.string(),
  state: z.enum(APPROVAL_STATES),
  /** True where it counts now. */
  inForce: z.boolean(),
  /** True where whoever reads this may decide it: nobody decides what they asked themself while somebody else can. */
  decidable: z.boolean(),
  createdAt: instantField,
  decidedAt: instantField.nullable(),
  note: z.string().nullable(),
  expiresAt: instantField.nullable(),
});
/** An approval as everybody outside `lib/oauth` sees it. */
export type ApprovalDto = z.infer<typeof approvalSchema>;
