import "server-only";
import { currentKey, macCandidates, mac } from "@/lib/crypto/keys";

/** What is stored of a credential: HMAC-SHA256 under the pepper (outside the database), and the pepper's version. */
export function hashCredential(credential: string): { hash: Uint8Array<ArrayBuffer>; pepperVersion: string } {
  return { hash: new Uint8Array(mac("token-pepper", credential)), pepperVersion: currentKey("token-pepper").version };
}

/** As a condition of Prisma's: a column that holds any of the hashes under which a presented credential may be stored. */
export function hashedAs(credential: string): { in: Uint8Array<ArrayBuffer>[] } {
  return { in: hashCandidates(credential).map((hash) => new Uint8Array(hash)) };
}

/** The hashes under which a presented credential may be stored, newest pepper first. */
export function hashCandidates(credential: string): Buffer[] {
  return macCandidates("token-pepper", credential);
}
