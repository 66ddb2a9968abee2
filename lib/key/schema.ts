import { z } from "zod";
import { idField, instantField, lineField } from "@/lib/fields";

/** Client-safe: the shapes of server keys. */

export const issueKeySchema = z.strictObject({
  name: lineField().default("default"),
  expiresAt: instantField.optional(),
});
export type IssueKeyInput = z.infer<typeof issueKeySchema> & { serverId: string };

/** The overlap after a rotation: 0 s to 30 days, 24 h by default. */
export const rotateSchema = z.strictObject({ overlapSeconds: z.number().int().min(0).max(2_592_000).default(86_400) });
export type RotateKeyInput = z.infer<typeof rotateSchema> & { serverId: string; keyId: string };

export const revokeKeySchema = z.strictObject({ reason: lineField(500).optional() });
export type RevokeKeyInput = z.infer<typeof revokeKeySchema> & { serverId: string; keyId: string };

export const KEY_STATUSES = ["active", "retiring", "expired", "revoked"] as const;

export const keySchema = z.strictObject({
  id: idField,
  serverId: idField,
  name: z.string(),
  /** `gth_srv_…` + last four. */
  masked: z.string(),
  status: z.enum(KEY_STATUSES),
  createdAt: instantField,
  expiresAt: instantField.nullable(),
  retiresAt: instantField.nullable(),
  revokedAt: instantField.nullable(),
  revokedReason: z.string().nullable(),
  lastUsedAt: instantField.nullable(),
  predecessorId: idField.nullable(),
});
/** A server key as everybody outside `lib/key` sees it. */
export type KeyDto = z.infer<typeof keySchema>;

/** A key just issued: the only time its secret is told. */
export const issuedKeySchema = keySchema.extend({ key: z.string() });
export type IssuedKeyDto = z.infer<typeof issuedKeySchema>;

/** A key just rotated: the successor with its secret, and what became of the predecessor. */
export const rotatedKeySchema = issuedKeySchema.extend({ predecessor: keySchema });
export type RotatedKeyDto = z.infer<typeof rotatedKeySchema>;
