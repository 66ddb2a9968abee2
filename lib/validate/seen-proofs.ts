import "server-only";
import { hash } from "node:crypto";
import { PROOF_WINDOW_SECONDS, type SoundProof } from "./dpop";

/** A proof may come from our future by as much as from our past: so long after it came it counts no more. */
const KEPT_SECONDS = 2 * PROOF_WINDOW_SECONDS;

type Seen = { thumbprint: string; untilSeconds: number };

/** Under what a proof is kept in mind: 32 bytes, the same wherever it comes. */
export function proofId({ thumbprint, jti }: SoundProof): Buffer {
  return hash("sha256", `${thumbprint} ${jti}`, "buffer");
}

/**
 * The proofs that came to this process lately. That none counts twice anywhere is `useProof`'s to see to; this refuses most of what
 * comes twice without a question, and bounds what may be asked: in all, and for each key, so that the holder of one cannot crowd
 * out everybody else. About 200 bytes each. Where there is no room a proof counts for nothing; none is forgotten early.
 */
export class SeenProofs {
  /** In the order in which they came, and so in which they go. */
  readonly #seen = new Map<string, Seen>();
  readonly #byKey = new Map<string, number>();

  constructor(readonly bounds: { all: number; ofOneKey: number } = { all: 200_000, ofOneKey: 20_000 }) {}

  get size(): number {
    return this.#seen.size;
  }

  /** Notes a proof; `giveBack` takes that back. */
  take(proof: SoundProof, nowSeconds: number): "seen_before" | "too_many" | { giveBack: () => void } {
    this.#forget(nowSeconds);
    const { thumbprint } = proof;
    const id = proofId(proof).toString("base64");
    if (this.#seen.has(id)) return "seen_before";
    const ofKey = this.#byKey.get(thumbprint) ?? 0;
    if (this.#seen.size >= this.bounds.all || ofKey >= this.bounds.ofOneKey) return "too_many";
    this.#seen.set(id, { thumbprint, untilSeconds: nowSeconds + KEPT_SECONDS });
    this.#byKey.set(thumbprint, ofKey + 1);
    return { giveBack: () => this.#remove(id) };
  }

  #forget(nowSeconds: number): void {
    for (const [id, { untilSeconds }] of this.#seen) {
      if (nowSeconds <= untilSeconds) return;
      this.#remove(id);
    }
  }

  #remove(id: string): void {
    const seen = this.#seen.get(id);
    if (!seen) return;
    this.#seen.delete(id);
    const left = (this.#byKey.get(seen.thumbprint) ?? 1) - 1;
    if (left > 0) this.#byKey.set(seen.thumbprint, left);
    else this.#byKey.delete(seen.thumbprint);
  }
}
