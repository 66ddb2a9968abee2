import { credentialKind, maskCredential } from "@/lib/token/format";

/** The first characters of every JWT: `{"` in base64url. */
const JWT_START = "eyJ";

/** True where a text can only be a JWT: none of our own credentials begins like that. */
export function looksLikeJwt(token: string): boolean {
  return token.startsWith(JWT_START);
}

/** True where a text has a form of OAuth access tokens: a JWT, or `gth_at_…`. */
export function isOauthForm(token: string): boolean {
  return looksLikeJwt(token) || credentialKind(token) === "at";
}

/**
 * How an OAuth access token is shown and logged. A JWT by its `jti`: its last characters are a signature's, by which nobody would
 * know it again.
 */
export function maskAccessToken(token: { id: string; format: "jwt" | "opaque"; lastFour: string }): string {
  return token.format === "opaque" ? maskCredential("at", token.lastFour) : `JWT ${token.id}`;
}
