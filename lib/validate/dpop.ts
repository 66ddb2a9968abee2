import "server-only";
import { hash } from "node:crypto";
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify, type JWK } from "jose";
import type { ValidateInput } from "./schema";

/** A proof is taken from so long before our clock to as long after it, seconds (RFC 9449 §11.1). */
export const PROOF_WINDOW_SECONDS = 60;
/** Asymmetric ones alone (RFC 9449 §4.3); what the OAuth engine takes at the token endpoint. */
export const PROOF_ALGORITHMS = ["ES256", "Ed25519", "EdDSA"] as const;

/** Why a proof counts for nothing. For the log: the caller is told `malformed`. */
export type ProofFault =
  "bad_proof" | "wrong_method" | "wrong_url" | "not_recent" | "wrong_token" | "wrong_key" | "seen_before" | "too_many";

/** A proof that is sound in itself: of whose key, and as which one. Whether it was seen before is not asked yet. */
export type SoundProof = {
  /** RFC 7638, SHA-256. */
  thumbprint: string;
  jti: string;
};

export type Proof = NonNullable<ValidateInput["dpop"]>;

/**
 * RFC 9449 §4.3, all but `jti` and whether the token is bound to this very key: a signed proof that names method and address of
 * the request and the token that came with it, made just now.
 */
export async function checkProof(
  { proof, method, url }: Proof,
  token: string,
  nowSeconds: number,
): Promise<SoundProof | ProofFault> {
  try {
    const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
      algorithms: [...PROOF_ALGORITHMS],
      typ: "dpop+jwt",
      currentDate: new Date(nowSeconds * 1000),
      clockTolerance: PROOF_WINDOW_SECONDS,
    });
    const { iat, jti, htm, htu, ath } = payload;
    if (typeof jti !== "string" || jti === "") return "bad_proof";
    if (htm !== method) return "wrong_method";
    if (typeof htu !== "string" || !URL.canParse(htu) || withoutQuery(htu) !== withoutQuery(url)) return "wrong_url";
    if (typeof iat !== "number" || !(Math.abs(nowSeconds - iat) <= PROOF_WINDOW_SECONDS)) return "not_recent";
    if (ath !== hash("sha256", token, "base64url")) return "wrong_token";
    return { thumbprint: await calculateJwkThumbprint(protectedHeader.jwk as JWK), jti };
  } catch {
    return "bad_proof";
  }
}

/** `htu` is compared without query and fragment, in one spelling (§4.3). */
function withoutQuery(address: string): string {
  const url = new URL(address);
  url.search = "";
  url.hash = "";
  return url.href;
}
