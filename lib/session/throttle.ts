import "server-only";
import ipaddr from "ipaddr.js";
import { mac } from "@/lib/crypto/keys";
import { pool } from "@/lib/db";
import { GatehouseError } from "@/lib/errors";

/**
 * Slows down the guessing of passwords without letting an attacker lock the owner out:
 * - one account from one address: 5 attempts per window;
 * - one address, whatever the account: 50;
 * - one account from anywhere: beyond 20 failures each address has 2 attempts left instead of 5. Never none: whoever
 *   comes from another address than the attacker always gets to try.
 * Attempts are counted before the password is looked at, in one statement, so that a burst cannot slip through.
 */
export const THROTTLE = {
  windowSeconds: 900,
  perPair: 5,
  perAddress: 50,
  perAccount: 20,
  perPairUnderSiege: 2,
  /** Codes of one person's second factor, whatever the address: only who knows the password gets to guess them. */
  perPersonCodes: 20,
  /** Clients that introduce themselves, from one address: a company's many may share one. */
  introductions: 60,
} as const;

/** Keys are keyed hashes: the table tells neither addresses nor what somebody typed into the e-mail field. */
const keyOf = (text: string): Buffer => mac("throttle", text);

/** An address as it is counted: IPv6 by its /64, since whoever has one address there has all of them. */
export function throttleAddress(ip: string | null): string {
  if (ip === null || !ipaddr.isValid(ip)) return "unknown";
  const parsed = ipaddr.process(ip);
  if (parsed.kind() === "ipv4") return parsed.toString();
  return `${parsed.toByteArray().slice(0, 8).join(".")}/64`;
}

type Count = { key: Buffer; failures: number; windowEndsAt: Date };

/** Adds one to each key, starting a new window where the old one has ended. Keys in order, so that racers never deadlock. */
async function count(keys: readonly Buffer[], nowSeconds: number): Promise<Count[]> {
  const { rows } = await pool().query<Count>(
    `INSERT INTO sign_in_throttle AS t (key, failures, window_ends_at, blocked_until)
     SELECT key, 1, $3, $2 FROM unnest($1::bytea[]) AS k(key) ORDER BY key
     ON CONFLICT (key) DO UPDATE SET
       failures = CASE WHEN t.window_ends_at <= $2 THEN 1 ELSE least(t.failures + 1, 1000000) END,
       window_ends_at = CASE WHEN t.window_ends_at <= $2 THEN excluded.window_ends_at ELSE t.window_ends_at END
     RETURNING key, failures, window_ends_at AS "windowEndsAt"`,
    [keys, new Date(nowSeconds * 1000), new Date((nowSeconds + THROTTLE.windowSeconds) * 1000)],
  );
  return rows;
}

async function failuresOf(key: Buffer, nowSeconds: number): Promise<number> {
  const { rows } = await pool().query<{ failures: number }>(
    "SELECT failures FROM sign_in_throttle WHERE key = $1 AND window_ends_at > $2",
    [key, new Date(nowSeconds * 1000)],
  );
  return rows[0]?.failures ?? 0;
}

/** An attempt that was let through; say how it went. */
export type Attempt = { failed: () => Promise<void>; succeeded: () => Promise<void> };

/** Counts an attempt on an account from an address. Throws `too_many_attempts` with the seconds to wait. */
export async function admitSignIn(email: string, ip: string | null, nowSeconds: number): Promise<Attempt> {
  const address = throttleAddress(ip);
  const pair = keyOf(`pair:${address}:${email}`);
  const account = keyOf(`account:${email}`);
  // Where the address is unknown (plain `next start`), everybody would share its count.
  const byAddress = address === "unknown" ? null : keyOf(`address:${address}`);
  const underSiege = (await failuresOf(account, nowSeconds)) >= THROTTLE.perAccount;
  const counts = await count(byAddress ? [pair, byAddress] : [pair], nowSeconds);
  for (const { key, failures, windowEndsAt } of counts) {
    const limit = key.equals(pair) ? (underSiege ? THROTTLE.perPairUnderSiege : THROTTLE.perPair) : THROTTLE.perAddress;
    if (failures > limit) throw tooMany(windowEndsAt, nowSeconds);
  }
  return {
    failed: async () => void (await count([account], nowSeconds)),
    succeeded: async () => {
      const now = new Date(nowSeconds * 1000);
      await pool().query("DELETE FROM sign_in_throttle WHERE key = $1 OR window_ends_at < $2", [pair, now]);
      if (byAddress)
        await pool().query("UPDATE sign_in_throttle SET failures = greatest(failures - 1, 0) WHERE key = $1", [
          byAddress,
        ]);
    },
  };
}

/**
 * Counts an attempt to prove a password inside an open session. Counted by session, so that a stolen session cannot keep
 * its owner's other sessions out. Throws `too_many_attempts`.
 */
export async function admitProof(sessionId: string, nowSeconds: number): Promise<Pick<Attempt, "succeeded">> {
  const key = keyOf(`session:${sessionId}`);
  const [counted] = await count([key], nowSeconds);
  if (counted && counted.failures > THROTTLE.perPair) throw tooMany(counted.windowEndsAt, nowSeconds);
  return { succeeded: async () => void (await pool().query("DELETE FROM sign_in_throttle WHERE key = $1", [key])) };
}

/**
 * Counts an attempt to give a code of a person's second factor: 5 from one address, 20 from anywhere. Who gets this far has
 * proved the first factor, so that strangers cannot lock anybody out. Throws `too_many_attempts`.
 */
export async function admitCode(
  personId: string,
  ip: string | null,
  nowSeconds: number,
): Promise<Pick<Attempt, "succeeded">> {
  const pair = keyOf(`code:${throttleAddress(ip)}:${personId}`);
  const person = keyOf(`code:${personId}`);
  // One after the other: what one address has too many does not count for the others.
  for (const [key, limit] of [
    [pair, THROTTLE.perPair],
    [person, THROTTLE.perPersonCodes],
  ] as const) {
    const [counted] = await count([key], nowSeconds);
    if (counted && counted.failures > limit) throw tooMany(counted.windowEndsAt, nowSeconds);
  }
  return {
    succeeded: async () => {
      await pool().query("DELETE FROM sign_in_throttle WHERE key = $1", [pair]);
      await pool().query("UPDATE sign_in_throttle SET failures = greatest(failures - 1, 0) WHERE key = $1", [person]);
    },
  };
}

/** Counts a client that introduces itself from an address. Throws `too_many_attempts`. */
export async function admitIntroduction(ip: string | null, nowSeconds: number): Promise<void> {
  const address = throttleAddress(ip);
  if (address === "unknown") return;
  const [counted] = await count([keyOf(`introduction:${address}`)], nowSeconds);
  if (counted && counted.failures > THROTTLE.introductions)
    throw tooMany(counted.windowEndsAt, nowSeconds, { refusal: true });
}

/** A short keyed hash of what was typed as e-mail, for the audit log: attempts can be told apart, the text cannot be read. */
export function accountMark(email: string): string {
  return keyOf(`account:${email}`).toString("hex").slice(0, 16);
}

function tooMany(windowEndsAt: Date, nowSeconds: number, { refusal = false } = {}): GatehouseError {
  const retryAfterSeconds = Math.max(1, Math.ceil(windowEndsAt.getTime() / 1000 - nowSeconds));
  const minutes = Math.ceil(retryAfterSeconds / 60);
  return new GatehouseError("too_many_attempts", {
    detail: `Try again in ${minutes === 1 ? "a minute" : `${minutes} minutes`}.`,
    retryAfterSeconds,
    refusal,
  });
}
