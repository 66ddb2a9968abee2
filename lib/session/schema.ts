import { z } from "zod";
import { emailField, idField, instantField, lineField } from "@/lib/fields";
import { passwordField } from "@/lib/person/schema";
import { codeField } from "@/lib/second-factor/schema";

/** Client-safe: the shapes of sign-in, sessions and one-time links. */

export const firstRunSchema = z.strictObject({
  link: z.string().min(20).max(200),
  name: lineField(),
  email: emailField,
  password: passwordField,
});
export type FirstRunInput = z.infer<typeof firstRunSchema>;

export const acceptInvitationSchema = z.strictObject({
  link: z.string().min(20).max(200),
  name: lineField(),
  password: passwordField,
});
export type AcceptInvitationInput = z.infer<typeof acceptInvitationSchema>;

/** A one-time link's secret, as the page reads it from the address's fragment. */
export const linkSchema = z.strictObject({ link: z.string().min(20).max(200) });
export type LinkInput = z.infer<typeof linkSchema>;

export const completeResetSchema = z.strictObject({ link: z.string().min(20).max(200), password: passwordField });
export type CompleteResetInput = z.infer<typeof completeResetSchema>;

export const changePasswordSchema = z.strictObject({
  currentPassword: z.string().max(200),
  newPassword: passwordField,
});
export type ChangePasswordInput = z.infer<typeof changePasswordSchema>;

export const reauthenticateSchema = z.strictObject({
  password: z.string().min(1).max(200),
  /** Of the second factor, where the person has one. */
  code: codeField.optional(),
});
export type ReauthenticateInput = z.infer<typeof reauthenticateSchema>;

export const sessionSchema = z.strictObject({
  id: idField,
  /** True for the session that asks. */
  current: z.boolean(),
  method: z.enum(["password", "sso", "invitation", "first_run"]),
  /** True where more than one factor was proved. */
  multiFactor: z.boolean(),
  ip: z.string().nullable(),
  userAgent: z.string().nullable(),
  createdAt: instantField,
  lastSeenAt: instantField,
  expiresAt: instantField,
});
/** An open console session. */
export type SessionDto = z.infer<typeof sessionSchema>;
