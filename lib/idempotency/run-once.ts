import "server-only";
import { setTimeout as sleep } from "node:timers/promises";
import canonicalize from "canonicalize";
import { equalBytes, mac } from "@/lib/crypto/keys";
import { open, seal } from "@/lib/crypto/seal";
import { db, type Tx } from "@/lib/db";
import { mapDbError } from "@/lib/db-errors";
import { GatehouseError, type ErrorCode } from "@/lib/errors";

/** How long an answer is kept for repeats, in seconds. */
export const KEEP_SECONDS = 86_400;
/**
 * How long a request may be under way before its key is free again, in seconds: longer than any verb may take with all
 * its attempts, so that only a crashed process ever loses its claim.
 */
export const CLAIM_SECONDS = 120;
/** Expired records removed with each claim: more than one claim makes, so that they never pile up. */
const REAP = 20;
const FINISH_ATTEMPTS = 3;

/** A request that carried an `Idempotency-Key`. */
export type IdempotentRequest = {
  key: string;
  /** Who asks: a key means nothing in other hands. */
  actorId: string;
  method: string;
  path: string;
  /** The parsed JSON body. */
  body: unknown;
  nowSeconds: number;
};

/** What is kept of an answer: all that is needed to give it again. */
export type KeptAnswer = { status: number; headers: Record<string, string>; body: string };

/** Keeps the answer in the transaction that makes the change. Throws where the key was lost meanwhile. */
export type KeepAnswer = (tx: Tx, answer: KeptAnswer) => Promise<void>;

/** Failures that say nothing final about the request: its key is free again at once. */
const NOT_FINAL: ReadonlySet<ErrorCode> = new Set([
  "unauthenticated",
  "forbidden",
  "reauthentication_required",
  "too_many_attempts",
  "write_conflict",
  "idempotency_in_progress",
  "unavailable",
  "internal",
]);

/** True where a failure is the request's final answer, to be kept and given again. */
export function isFinal(error: unknown): error is GatehouseError {
  return error instanceof GatehouseError && !NOT_FINAL.has(error.code);
}

/**
 * Runs a request once per key: a repeat within `KEEP_SECONDS` gets the first one's answer. `work` returns the answer to
 * keep, or throws: then nothing is kept. Where it changes something it calls `keep` in the same transaction, so that
 * no crash leaves a change whose repeat would make it again. Errors: `idempotency_key_reused` (same key, other body),
 * `idempotency_in_progress` (the first is still under way), `invalid_request` (not a usable key).
 *
 * The answer is sealed under the key itself, of which the database holds only a keyed hash: a secret in it (a token just
 * minted) cannot be read from the database, not even with `GATEHOUSE_SECRET`.
 */
export async function runOnce(
  request: IdempotentRequest,
  work: (keep: KeepAnswer) => Promise<KeptAnswer>,
): Promise<{ answer: KeptAnswer; replayed: boolean }> {
  requireUsableKey(request.key);
  const keyHash = hash([request.actorId, request.method, request.path, request.key]);
  const requestHash = hash(request.body);
  const claimed = await claim(keyHash, requestHash, request.nowSeconds);
  if (!claimed) return { answer: await replay(request, keyHash, requestHash), replayed: true };
  const mine = { keyHash, status: null, createdAt: new Date(request.nowSeconds * 1000) };
  let kept: KeptAnswer | undefined;
  try {
    const answer = await work(async (tx, early) => {
      const { count } = await tx.idempotencyRecord.updateMany({ where: mine, data: sealed(request, early) });
      // It took so long that a repeat has the key now, and will make the change instead.
      if (count === 0) throw new GatehouseError("idempotency_in_progress", { retryAfterSeconds: 1 });
      kept = early;
    });
    // What was kept may have been rolled back, and a later attempt have failed: then the failure is the answer.
    if (kept?.status !== answer.status || kept.body !== answer.body) await finish(mine, sealed(request, answer));
    return { answer, replayed: false };
  } catch (error) {
    await release(mine);
    throw error;
  }
}

/** The claim of this very request: another's on the same key began at another time. */
type Claim = { keyHash: Uint8Array<ArrayBuffer>; status: null; createdAt: Date };

/** An answer as it is stored. */
function sealed(request: IdempotentRequest, answer: KeptAnswer) {
  return {
    status: answer.status,
    sealed: new Uint8Array(seal(JSON.stringify(answer), request.key)),
    expiresAt: new Date((request.nowSeconds + KEEP_SECONDS) * 1000),
  };
}

function requireUsableKey(key: string): void {
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return;
  throw new GatehouseError("invalid_request", {
    detail: "An Idempotency-Key has 1 to 255 printable ASCII characters, without spaces.",
  });
}

/** Keyed, because a body may hold something guessable (a password), which a plain hash would let guess. */
function hash(value: unknown): Uint8Array<ArrayBuffer> {
  return new Uint8Array(mac("idempotency", canonicalize(value) ?? "null"));
}

/** Takes the key where nobody holds it (any more). One statement, so that of two at once exactly one succeeds. */
async function claim(keyHash: Uint8Array, requestHash: Uint8Array, nowSeconds: number): Promise<boolean> {
  const now = new Date(nowSeconds * 1000);
  const until = new Date((nowSeconds + CLAIM_SECONDS) * 1000);
  return guarded(async () => {
    await db().$executeRaw`
      DELETE FROM idempotency_record WHERE key_hash IN (
        SELECT key_hash FROM idempotency_record WHERE expires_at <= ${now} LIMIT ${REAP} FOR UPDATE SKIP LOCKED)`;
    const taken = await db().$executeRaw`
      INSERT INTO idempotency_record (key_hash, request_hash, created_at, expires_at)
      VALUES (${keyHash}, ${requestHash}, ${now}, ${until})
      ON CONFLICT (key_hash) DO UPDATE
        SET request_hash = excluded.request_hash, status = NULL, sealed = NULL,
            created_at = excluded.created_at, expires_at = excluded.expires_at
        WHERE idempotency_record.expires_at <= excluded.created_at`;
    return taken === 1;
  });
}

async function replay(
  request: IdempotentRequest,
  keyHash: Uint8Array<ArrayBuffer>,
  requestHash: Uint8Array,
): Promise<KeptAnswer> {
  const record = await guarded(() => db().idempotencyRecord.findUnique({ where: { keyHash } }));
  if (record && !equalBytes(record.requestHash, requestHash)) {
    throw new GatehouseError("idempotency_key_reused", {
      detail: "This Idempotency-Key came with another body before. Use a new key for a new request.",
    });
  }
  if (!record?.sealed) throw new GatehouseError("idempotency_in_progress", { retryAfterSeconds: 1 });
  const kept = open(record.sealed, request.key);
  if (kept === null) throw new GatehouseError("internal", { internal: "a kept answer cannot be opened" });
  return JSON.parse(kept) as KeptAnswer;
}

/**
 * Keeps the answer to a request that changed nothing, or whose change says itself that it is made already. A failure
 * here must not fail the request: the claim then stays until it runs out, and a repeat before that is told so.
 */
async function finish(claimed: Claim, data: ReturnType<typeof sealed>): Promise<void> {
  for (let tries = 1; tries <= FINISH_ATTEMPTS; tries++) {
    try {
      await db().idempotencyRecord.updateMany({ where: claimed, data });
      return;
    } catch {
      await sleep(50 * tries);
    }
  }
}

/** Frees a key whose request came to nothing. Where that fails too, the claim runs out by itself. */
async function release(claimed: Claim): Promise<void> {
  await db()
    .idempotencyRecord.deleteMany({ where: claimed })
    .catch(() => undefined);
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw mapDbError(error) ?? error;
  }
}
