import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

/**
 * What stands after `gth_`: read-only, write, admin API, server key; and of OAuth: opaque access token, refresh token,
 * client secret.
 */
export const CREDENTIAL_KINDS = ["ro", "rw", "adm", "srv", "at", "rt", "cs"] as const;
export type CredentialKind = (typeof CREDENTIAL_KINDS)[number];

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const SECRET_BYTES = 32;
/** 62^43 > 2^256: 43 characters hold 32 bytes. */
const SECRET_CHARS = 43;
/** 62^6 > 2^32: 6 characters hold a CRC-32. */
const CHECK_CHARS = 6;
const FORM = /^gth_(ro|rw|adm|srv|at|rt|cs)_([0-9A-Za-z]{43})([0-9A-Za-z]{6})$/;

function base62(value: bigint, length: number): string {
  let rest = value;
  let text = "";
  for (let i = 0; i < length; i++) {
    text = BASE62.charAt(Number(rest % 62n)) + text;
    rest /= 62n;
  }
  return text;
}

function check(body: string): string {
  return base62(BigInt(crc32(body)), CHECK_CHARS);
}

/**
 * A new credential: `gth_<kind>_` + 43 base62 characters (32 bytes from the CSPRNG) + 6 of CRC-32 over all before them.
 */
export function makeCredential(kind: CredentialKind): string {
  const secret = base62(BigInt(`0x${randomBytes(SECRET_BYTES).toString("hex")}`), SECRET_CHARS);
  const body = `gth_${kind}_${secret}`;
  return body + check(body);
}

/** The kind of a well-formed credential; null where form or checksum is wrong (no look-up is needed then). */
export function credentialKind(text: string): CredentialKind | null {
  const match = FORM.exec(text);
  if (!match) return null;
  const body = text.slice(0, -CHECK_CHARS);
  return check(body) === match[3] ? (match[1] as CredentialKind) : null;
}

/** The last four characters: all of a credential that is ever stored or shown in clear. */
export function lastFour(credential: string): string {
  return credential.slice(-4);
}

/** How a credential is shown and logged: `gth_ro_…` + last four. */
export function maskCredential(kind: CredentialKind, four: string): string {
  return `gth_${kind}_…${four}`;
}
