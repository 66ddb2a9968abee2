import "server-only";
import { decode, encode, type JWT } from "next-auth/jwt";
import { allKeys, currentKey } from "@/lib/crypto/keys";
import { isId } from "@/lib/id";

/**
 * The content of the session cookie: an encrypted JWT (next-auth's own format, A256GCM) that holds nothing but the
 * session's id. What the session is worth stands in its row alone.
 */

const asSecret = (key: Buffer): string => key.toString("base64url");

/** The secret that new cookies are made with. */
export function sessionSecret(): string {
  return asSecret(currentKey("session").key);
}

/** Makes a cookie's value that ends by itself after `maxAgeSeconds`. */
export function encodeSessionId(sessionId: string, maxAgeSeconds: number): Promise<string> {
  return encode({ token: { sid: sessionId }, secret: sessionSecret(), maxAge: maxAgeSeconds });
}

/** Opens a JWT made with any of the current secrets; null where it was not, was changed, or has ended. */
export async function decodeSessionJwt(value: string | undefined): Promise<JWT | null> {
  if (!value || value.length > 4096) return null;
  for (const { key } of allKeys("session")) {
    const jwt = await decode({ token: value, secret: asSecret(key) }).catch(() => null);
    if (jwt) return jwt;
  }
  return null;
}

/** The session id in a cookie's value, or null. */
export async function decodeSessionId(value: string | undefined): Promise<string | null> {
  const sid = (await decodeSessionJwt(value))?.sid;
  return typeof sid === "string" && isId("session", sid) ? sid : null;
}
