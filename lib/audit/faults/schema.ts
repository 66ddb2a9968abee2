import { z } from "zod";
import { instantField } from "@/lib/fields";

/** Client-safe: what is wrong with the log's proof. */

/**
 * Who found it. `integrator`: what is to be signed next is not as it was recorded, or does not go on from what was signed;
 * `recheck`: what was signed long ago is not as it was; `behind`: what is written is not signed.
 */
export const FAULT_SOURCES = ["integrator", "recheck", "behind"] as const;
export type FaultSource = (typeof FAULT_SOURCES)[number];

export const logFaultSchema = z.strictObject({
  source: z.enum(FAULT_SOURCES),
  /** The first entry that is not as it should be, as far as that is known. */
  index: z.number().int(),
  /** In words that go after *entry 7:*. */
  fault: z.string(),
  foundAt: instantField,
  /** When it was found to be no more. */
  mendedAt: instantField.nullable(),
});
export type LogFaultDto = z.infer<typeof logFaultSchema>;
