import { createHash, randomUUID } from "node:crypto";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from "jose";

/** Somebody who holds a key, and proves it (RFC 9449). */
export class Holder {
  private constructor(
    readonly privateKey: CryptoKey,
    readonly jwk: JWK,
    readonly thumbprint: string,
    readonly alg: string,
  ) {}

  static async make(alg: "ES256" | "EdDSA" | "Ed25519" | "RS256" = "ES256"): Promise<Holder> {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    const jwk = await exportJWK(publicKey);
    return new Holder(privateKey, jwk, await calculateJwkThumbprint(jwk), alg);
  }

  /** A proof for one request; what is given replaces what would be right, and `undefined` leaves it out. */
  async prove(
    request: { method: string; url: string; token?: string },
    claims: Record<string, unknown> = {},
    header: Record<string, unknown> = {},
  ): Promise<string> {
    const payload = {
      jti: randomUUID(),
      htm: request.method,
      htu: request.url,
      iat: Math.floor(Date.now() / 1000),
      ath: request.token && createHash("sha256").update(request.token).digest("base64url"),
      ...claims,
    };
    return new SignJWT(payload)
      .setProtectedHeader({ alg: this.alg, typ: "dpop+jwt", jwk: this.jwk, ...header })
      .sign(this.privateKey);
  }
}
