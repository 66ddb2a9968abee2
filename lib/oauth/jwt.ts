import "server-only";
import { verify } from "node:crypto";
import { env } from "@/lib/env";
import { knownKeyRing, SIGNING_ALGORITHM } from "./signing-keys";

/** The type of an access token that is a JWT (RFC 9068 §2.1), without case as media types are. */
const ACCESS_TOKEN_TYPE = "at+jwt";

/**
 * What is said of a JWT without a look-up: it is none of ours in form, or not signed by us; null where it must be looked
 * up. Nothing in it is believed beyond that: what it may do stands in its row alone, and so does whether it still lives.
 * Where this process has read no keys, the row alone decides.
 */
export function judgeJwt(token: string): "malformed" | "unknown" | null {
  const [header = "", payload = "", signature = "", ...rest] = token.split(".");
  const head = parsePart(header);
  const body = parsePart(payload);
  if (rest.length > 0 || !signature || !head || !body) return "malformed";
  if (head.alg !== SIGNING_ALGORITHM || String(head.typ).toLowerCase() !== ACCESS_TOKEN_TYPE) return "malformed";
  if (body.iss !== env().GATEHOUSE_URL) return "unknown";
  const ring = knownKeyRing();
  if (!ring) return null;
  const key = ring.publicKeys.get(String(head.kid));
  if (!key) return "unknown";
  const signed = Buffer.from(`${header}.${payload}`);
  const genuine = verify("sha256", signed, { key, dsaEncoding: "ieee-p1363" }, Buffer.from(signature, "base64url"));
  return genuine ? null : "unknown";
}

function parsePart(part: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
