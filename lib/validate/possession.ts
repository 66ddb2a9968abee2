import "server-only";
import type { Facts } from "./decide";
import { checkProof, type Proof, type ProofFault, type SoundProof } from "./dpop";
import type { ValidateInput } from "./schema";
import { useProof } from "./use-proof";

/** What a proof of possession comes to for one call. */
export type Possession = {
  /** Thumbprint of the key that the bearer holds. Empty, which none is, where the proof counts for nothing. */
  boundTo: string;
  /** For the log. */
  proof: "verified" | ProofFault;
  /** Where the decision is not recorded, the proof has not been used. */
  giveBack: () => Promise<void>;
};

const NOTHING = () => Promise.resolve();
const failed = (proof: ProofFault): Possession => ({ boundTo: "", proof, giveBack: NOTHING });

/** The proofs of some calls, each sound in itself or not; undefined where a call has none. */
export class Possessions {
  private constructor(readonly checked: readonly (SoundProof | ProofFault | undefined)[]) {}

  /** Calls of one batch with the same proof belong to one request of the client: it is checked, and counts, once. */
  static async check(inputs: readonly ValidateInput[], nowSeconds: number): Promise<Possessions> {
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
   * What the proof of each call proves of the token of its facts; undefined for a call that has none. Only a proof by the key that
   * the token is bound to is used up: nobody else can fill that memory. Throws what the driver throws where the memory cannot be
   * asked; then none of them has been used.
   */
  async of(facts: readonly Facts[], nowSeconds: number): Promise<(Possession | undefined)[]> {
    const used = new Map<SoundProof, Promise<Possession>>();
    const ofCall = async (proof: SoundProof | ProofFault | undefined, { token }: Facts) => {
      if (proof === undefined) return undefined;
      if (typeof proof === "string") return failed(proof);
      if (typeof token === "string" || token.oauth?.jkt !== proof.thumbprint) return failed("wrong_key");
      const using = used.get(proof) ?? use(proof, nowSeconds);
      used.set(proof, using);
      return using;
    };
    const found = await Promise.allSettled(this.checked.map((proof, nth) => ofCall(proof, facts[nth] as Facts)));
    const failure = found.find((one) => one.status === "rejected");
    if (!failure) return found.map((one) => (one as PromiseFulfilledResult<Possession | undefined>).value);
    await Promise.all(found.map(async (one) => one.status === "fulfilled" && one.value?.giveBack()));
    throw failure.reason;
  }
}

async function use(proof: SoundProof, nowSeconds: number): Promise<Possession> {
  const used = await useProof(proof, nowSeconds);
  if (typeof used === "string") return failed(used);
  return { boundTo: proof.thumbprint, proof: "verified", giveBack: used.giveBack };
}
