import "server-only";
import { createHash, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { env } from "@/lib/env";

/** What keys are derived for. A new purpose is a new name, never a reused one. */
export type KeyPurpose =
  | "token-pepper"
  | "link-pepper"
  | "session"
  | "cursor"
  | "throttle"
  | "idempotency"
  | "seal"
  | "secret-check"
  | "oauth-artifact"
  | "oauth-cookie"
  | "recovery-code"
  | "pending-sign-in";

/**
 * `GATEHOUSE_SECRET` may hold several secrets, newest first, separated by commas: the first one makes, all of them
 * recognise. Each has a short public version, stored beside what was made with it.
 */
type Material = { version: string; secret: string };

let cachedFor: string | undefined;
let cachedMaterials: Material[] = [];

function materials(): Material[] {
  const configured = env().GATEHOUSE_SECRET;
  if (!configured) throw new Error("GATEHOUSE_SECRET is not set: start Gatehouse with `npm start`, or set it");
  if (configured !== cachedFor) {
    cachedMaterials = configured
      .split(",")
      .map((secret) => secret.trim())
      .filter(Boolean)
      .map((secret) => ({
        secret,
        version: createHash("sha256").update(`gatehouse-secret-version:${secret}`).digest("hex").slice(0, 8),
      }));
    derived.clear();
    cachedFor = configured;
  }
  return cachedMaterials;
}

const derived = new Map<string, Buffer>();

function derive(material: Material, purpose: KeyPurpose): Buffer {
  const id = `${material.version}:${purpose}`;
  let key = derived.get(id);
  if (!key) {
    key = Buffer.from(hkdfSync("sha256", material.secret, "gatehouse", purpose, 32));
    derived.set(id, key);
  }
  return key;
}

/** The key that new things are made with, and its version. 32 bytes. */
export function currentKey(purpose: KeyPurpose): { version: string; key: Buffer } {
  const [first] = materials();
  if (!first) throw new Error("GATEHOUSE_SECRET holds no secret");
  return { version: first.version, key: derive(first, purpose) };
}

/** Every key that may have made a stored thing, newest first. */
export function allKeys(purpose: KeyPurpose): { version: string; key: Buffer }[] {
  return materials().map((material) => ({ version: material.version, key: derive(material, purpose) }));
}

/** HMAC-SHA256 under the current key of a purpose. */
export function mac(purpose: KeyPurpose, text: string): Buffer {
  return createHmac("sha256", currentKey(purpose).key).update(text).digest();
}

/** HMAC-SHA256 under every key of a purpose: look-up candidates for something made with any of them. */
export function macCandidates(purpose: KeyPurpose, text: string): Buffer[] {
  return allKeys(purpose).map(({ key }) => createHmac("sha256", key).update(text).digest());
}

/** Compares in constant time; buffers of different length are unequal. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
