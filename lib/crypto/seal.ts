import "server-only";
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";
import { allKeys, currentKey } from "./keys";

const IV_BYTES = 12;
const TAG_BYTES = 16;
const VERSION_BYTES = 8;

function keyFor(base: Buffer, context: string): Buffer {
  return createHmac("sha256", base).update(`seal:${context}`).digest();
}

/**
 * Encrypts with AES-256-GCM under a key that depends on `context`, so that a blob opens only where it was made for.
 * Layout: 8 bytes key version (ASCII hex) ‖ 12 bytes IV ‖ 16 bytes tag ‖ ciphertext.
 */
export function seal(plain: string, context: string): Buffer {
  const { version, key } = currentKey("seal");
  return Buffer.concat([Buffer.from(version, "ascii"), sealWith(keyFor(key, context), plain)]);
}

/** Opens what `seal` made with the same context; null where it was not, or was changed. */
export function open(blob: Uint8Array, context: string): string | null {
  const bytes = Buffer.from(blob);
  const version = bytes.subarray(0, VERSION_BYTES).toString("ascii");
  const material = allKeys("seal").find((candidate) => candidate.version === version);
  return material ? openWith(keyFor(material.key, context), bytes.subarray(VERSION_BYTES)) : null;
}

/** True where a blob was made with the key that new ones are made with: one that was not is sealed anew when it is used. */
export function isSealedAnew(blob: Uint8Array): boolean {
  return Buffer.from(blob).subarray(0, VERSION_BYTES).toString("ascii") === currentKey("seal").version;
}

/** Encrypts with AES-256-GCM under a key of 32 bytes. Layout: 12 bytes IV ‖ 16 bytes tag ‖ ciphertext. */
export function sealWith(key: Buffer, plain: string): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  const body = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
}

/** Opens what `sealWith` made with the same key; null where it was not, or was changed. */
export function openWith(key: Buffer, blob: Uint8Array): string | null {
  const bytes = Buffer.from(blob);
  if (bytes.length < IV_BYTES + TAG_BYTES) return null;
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, IV_BYTES));
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString("utf8");
  } catch {
    return null;
  }
}
