import { z } from "zod";

/** Client-safe: what can be asked about the log's proof, and what is answered. Hashes are base64, as in checkpoints. */

const sizeField = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

export const checkpointQuerySchema = z.object({
  /** The size of the tree that was signed; the newest where left out. */
  size: sizeField.optional(),
});

export const consistencyQuerySchema = z.object({
  from: sizeField,
  /** The newest where left out. */
  to: sizeField.optional(),
});

export const checkpointSchema = z.strictObject({
  /** The log's name in its keys and checkpoints. */
  origin: z.string(),
  /** How many entries it covers: all with an index below. */
  size: z.number().int(),
  /** The root of the Merkle tree over them (RFC 6962). */
  root: z.string(),
  signedAt: z.iso.datetime(),
  /** The checkpoint as it was signed (C2SP tlog-checkpoint). */
  note: z.string(),
});
export type CheckpointDto = z.infer<typeof checkpointSchema>;

export const keySchema = z.strictObject({
  /** The key as auditors keep it (C2SP signed-note): name, id and public key. */
  verifierKey: z.string(),
  keyId: z.string(),
  /** The sizes of the first and last tree that it signed; null while it has signed none, or may sign more. */
  fromSize: z.number().int().nullable(),
  untilSize: z.number().int().nullable(),
});

export const checkpointAnswerSchema = checkpointSchema.extend({ keys: z.array(keySchema) });

/** `proved`: a signed checkpoint covers it, and its proof was checked just now. `archived`: it has left the log for an archive; what is
 * proved is the leaf that the tree has of it. `waiting`: none does yet. `fault`: it is not what was signed. */
export const PROOF_STATES = ["proved", "archived", "waiting", "fault"] as const;

export const entryProofSchema = z.strictObject({
  index: z.number().int(),
  state: z.enum(PROOF_STATES),
  /** What is wrong: with this entry, or, while it waits, with what keeps the log from being signed. */
  fault: z.string().nullable(),
  /** The leaf hash, made from the entry's body as it stands now. */
  leaf: z.string(),
  checkpoint: checkpointSchema.nullable(),
  /** The inclusion proof (RFC 6962 §2.1.1), lowest hash first; null where there is no checkpoint. */
  proof: z.array(z.string()).nullable(),
});
/** Whether and how an entry is proved. */
export type EntryProofDto = z.infer<typeof entryProofSchema>;

export const consistencySchema = z.strictObject({
  from: checkpointSchema,
  to: checkpointSchema,
  /** The consistency proof (RFC 6962 §2.1.2), lowest hash first. */
  proof: z.array(z.string()),
});
