import { createHmac } from "node:crypto";
import { equalBytes } from "@/lib/crypto/keys";

/** RFC 6238 with what every authenticator app takes for granted: SHA-1, 6 digits, 30 seconds. */
const STEP_SECONDS = 30;
const DIGITS = 6;
/** Codes of the step before and after count too (§5.2): clocks differ, and typing takes a while. */
const WINDOW_STEPS = 1;
/** As many bytes as the hash has (RFC 4226 §4, R6). */
export const SECRET_BYTES = 20;

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** RFC 4648 §6, without padding. */
export function toBase32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{1,5}/g) ?? []).map((five) => BASE32.charAt(parseInt(five.padEnd(5, "0"), 2))).join("");
}

/** The time step of a moment (Unix seconds). */
export const stepAt = (seconds: number): number => Math.floor(seconds / STEP_SECONDS);

/** The code of a time step: HOTP (RFC 4226 §5.3) of its number. */
export function codeOf(secret: Uint8Array, step: number, digits = DIGITS): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac("sha1", secret).update(counter).digest();
  const offset = digest.readUInt8(digest.length - 1) & 0xf;
  const number = digest.readUInt32BE(offset) & 0x7fffffff;
  return String(number % 10 ** digits).padStart(digits, "0");
}

/** The step that a code is of, within the window around now; null where it is of none. Compares in constant time. */
export function stepOfCode(secret: Uint8Array, code: string, nowSeconds: number): number | null {
  const now = stepAt(nowSeconds);
  let found: number | null = null;
  for (let step = Math.max(0, now - WINDOW_STEPS); step <= now + WINDOW_STEPS; step++)
    if (equalBytes(Buffer.from(codeOf(secret, step)), Buffer.from(code))) found = step;
  return found;
}

/** The address that authenticator apps read from a QR code (Key URI format); what it leaves out is what they take for granted. */
export function keyUri(secret: Uint8Array, { issuer, account }: { issuer: string; account: string }): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  return `otpauth://totp/${label}?secret=${toBase32(secret)}&issuer=${encodeURIComponent(issuer)}`;
}
