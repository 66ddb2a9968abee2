import { z } from "zod";
import { idField, instantField } from "@/lib/fields";

/** Client-safe: the shapes of second factors. */

/** A code of an app, or a recovery code, as a person types it. */
export const codeField = z.string().trim().min(1, "must not be empty").max(40, "is too long for a code");

export const giveCodeSchema = z.strictObject({ code: codeField });
export type GiveCodeInput = z.infer<typeof giveCodeSchema>;

export const resetSecondFactorSchema = z.strictObject({ personId: idField });
export type ResetSecondFactorInput = z.infer<typeof resetSecondFactorSchema>;

/** What came of a reset: false where there was nothing to take off. */
export const secondFactorResetSchema = z.strictObject({
  reset: z.boolean(),
  /** How many sessions of the person ended with it. */
  sessionsEnded: z.number().int(),
});
export type SecondFactorReset = z.infer<typeof secondFactorResetSchema>;

/** An app that is being set up: shown this once. */
export type EnrolmentDto = {
  /** The secret in base32, in groups of four, to be typed where no camera is at hand. */
  secret: string;
  /** The same as an address, for an app on this device. */
  uri: string;
  /** The address as a QR code: `path` draws its dark modules in a square of `size` units. */
  qr: { size: number; path: string };
};

/** One's own second factor; the app is null where there is none. */
export const secondFactorSchema = z.strictObject({
  app: z.strictObject({ since: instantField, recoveryCodesLeft: z.number().int() }).nullable(),
  /** True where the policy asks for one: then it can be replaced, and not removed. */
  required: z.boolean(),
});
export type SecondFactorDto = z.infer<typeof secondFactorSchema>;
