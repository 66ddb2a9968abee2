import "server-only";
import argon2 from "argon2";
import { PASSWORD_COST } from "./password-cost";

/** How many passwords are hashed at once; the others wait, so that sign-ins cannot take every thread or all memory. */
const CONCURRENCY = 2;

let running = 0;
const queue: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= CONCURRENCY) await new Promise<void>((resolve) => queue.push(resolve));
  else running++;
  try {
    return await work();
  } finally {
    const next = queue.shift();
    if (next) next();
    else running--;
  }
}

/** The stored form of a password. Unicode is normalised (NFKC), so that it does not matter which keyboard typed it. */
export function hashPassword(password: string): Promise<string> {
  return inTurn(() => argon2.hash(password.normalize("NFKC"), { ...PASSWORD_COST, type: argon2.argon2id }));
}

/**
 * Stands for the hash that an unknown account does not have: of 32 random bytes that nobody kept, made with the same
 * parameters, so that refusing takes the same work.
 */
let decoy: Promise<string> | undefined;
const decoyHash = (): Promise<string> =>
  (decoy ??= hashPassword(Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("hex")));

/** True where the password is right. Without a hash (no such account, or none set) it does the same work and is false. */
export async function verifyPassword(hash: string | null, password: string): Promise<boolean> {
  const against = hash ?? (await decoyHash());
  const matches = await inTurn(() => argon2.verify(against, password.normalize("NFKC")));
  return hash !== null && matches;
}

/** True where a hash was made with other parameters than today's. */
export function isOutdated(hash: string): boolean {
  return argon2.needsRehash(hash, PASSWORD_COST);
}
