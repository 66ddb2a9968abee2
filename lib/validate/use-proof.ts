import "server-only";
import { pool, type TimedQuery } from "@/lib/db";
import type { SoundProof } from "./dpop";
import { runtime } from "./runtime";
import { proofId } from "./seen-proofs";

/**
 * How long a proof stands among those that were used, seconds by the database's clock. It could be taken for two minutes by one
 * clock; the rest is for processes whose clocks differ.
 */
const KEPT_SECONDS = 600;
/** The longest that the memory of all is asked, ms: a caller must have its answer within a second. */
const USE_TIMEOUT_MS = 500;
const GIVE_BACK_TIMEOUT_MS = 100;

const USE = `
INSERT INTO dpop_proof (id, expires_at) VALUES ($1, clock_timestamp() + make_interval(secs => $2)) ON CONFLICT (id) DO NOTHING`;
const GIVE_BACK = "DELETE FROM dpop_proof WHERE id = $1";

/** A proof that counts. `giveBack` lets it count once more; it never throws. */
export type UsedProof = { giveBack: () => Promise<void> };

/**
 * Uses a proof up, for every process on this database at once (RFC 9449 §11.1): of any number of uses, wherever they come,
 * one counts. Throws what the driver throws where that cannot be made sure of; then the proof counts for nothing here, and perhaps
 * nowhere any more.
 */
export async function useProof(proof: SoundProof, nowSeconds: number): Promise<UsedProof | "seen_before" | "too_many"> {
  const here = runtime().seenProofs.take(proof, nowSeconds);
  if (typeof here === "string") return here;
  const id = proofId(proof);
  const use: TimedQuery = { name: "use-proof", text: USE, values: [id, KEPT_SECONDS], query_timeout: USE_TIMEOUT_MS };
  const giveBack = async () => {
    here.giveBack();
    const back: TimedQuery = { text: GIVE_BACK, values: [id], query_timeout: GIVE_BACK_TIMEOUT_MS };
    await pool()
      .query(back)
      .catch(() => undefined); // it stays used, which denies
  };
  try {
    const { rowCount } = await pool().query(use);
    return rowCount === 1 ? { giveBack } : "seen_before";
  } catch (error) {
    here.giveBack(); // whether it was used is the database's to say
    throw error;
  }
}
