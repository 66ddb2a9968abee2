import { z } from "zod";
import { instantField } from "@/lib/fields";

/** Client-safe: identity providers whose word counts for their people. */

const addressField = z.url({ protocol: /^https$/, error: "must be an https address" }).max(2000);

export const setIssuerSchema = z.strictObject({
  /** Exactly as its assertions name it (`iss`), and as people's accounts there are linked. */
  issuer: addressField,
  /** Where its public keys stand. */
  jwksUri: addressField,
  /** False where its word counts for nothing for now. */
  enabled: z.boolean().default(true),
});
export type SetIssuerInput = z.infer<typeof setIssuerSchema>;

export const removeIssuerSchema = z.strictObject({ issuer: z.string().min(1).max(2000) });
export type RemoveIssuerInput = z.infer<typeof removeIssuerSchema>;

export const trustedIssuerSchema = z.strictObject({
  issuer: z.string(),
  jwksUri: z.string(),
  enabled: z.boolean(),
  /** For how many people it can speak: active ones whose account there is linked. */
  linkedPeople: z.number().int(),
  createdAt: instantField,
});
export type TrustedIssuerDto = z.infer<typeof trustedIssuerSchema>;

export const trustedIssuersSchema = z.strictObject({ items: z.array(trustedIssuerSchema), nextCursor: z.null() });
