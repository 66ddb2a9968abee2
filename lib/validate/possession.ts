import "server-only";
import type { Facts } from "./decide";
import { checkProof, type Proof, type ProofFault, type SoundProof } from "./dpop";
import { runtime } from "./runtime";
import type { ValidateInput } from "./schema";

/** What a proof of possession comes to for one call. */
export type Possession = {
  /** Thumbprint of the key that the bearer holds. Empty, which none is, where the proof counts for nothing. */
  boundTo: string;
  /** For the log. */
  proof: "verified" | ProofFault;
  /** Where the decision is not recorded, the proof has not been used. */
  giveBack: () => void;
};

const NOTHING = () => undefined;
const failed = (proof: ProofFault): Possession => ({ boundTo: "", proof, giveBack: NOTHING });

/** The proofs of some calls, each sound in itself or not; undefined where a call has none. */
export class Possessions {
  readonly #used = new Map<SoundProof, Possession>();

  private constructor(readonly checked: readonly (SoundProof | ProofFault | undefined)[]) {}

  /** Calls of one batch with the same proof belong to one request of the client: it is checked, and counts, once. */
  static async of(inputs: readonly ValidateInput[], nowSeconds: number): Promise<Possessions> {
    const checks = new Map<string, Promise<SoundProof | ProofFault>>();
    const check = (dpop: Proof, token: string): Promise<SoundProof | ProofFault> => {
      const same = JSON.stringify([dpop.proof, dpop.method, dpop.url, token]);
      const checking = checks.get(same) ?? checkProof(dpop, token, nowSeconds);
      checks.set(same, checking);
      return checking;
    };
    return new Possessions(
      await Promise.all(inputs.map(async ({ dpop, token }) => (dpop ? check(dpop, token) : undefined))),
    );
  }

  /**
   * What the proof of the call `nth` proves of the token of these facts. Only a proof by the key that the token is bound to is
   * kept in mind: nobody else can fill that memory.
   */
  about(nth: number, { token }: Facts, nowSeconds: number): Possession | undefined {
    const proof = this.checked[nth];
    if (proof === undefined) return undefined;
    if (typeof proof === "string") return failed(proof);
    const before = this.#used.get(proof);
    if (before) return before;
    if (typeof token === "string" || token.oauth?.jkt !== proof.thumbprint) return failed("wrong_key");
    const taken = runtime().seenProofs.take(proof, nowSeconds);
    const possession: Possession =
      typeof taken === "string"
        ? failed(taken)
        : { boundTo: proof.thumbprint, proof: "verified", giveBack: taken.giveBack };
    this.#used.set(proof, possession);
    return possession;
  }
}
