import "server-only";
import { randomBytes } from "node:crypto";
import { mac, macCandidates } from "@/lib/crypto/keys";
import { nowDate, type Ctx } from "@/lib/ctx";
import { pool, type Tx } from "@/lib/db";

/** How long a sign-in waits for its second factor, and how many codes it lets be tried. */
export const PENDING_SECONDS = 300;
export const PENDING_TRIES = 5;

const SECRET_BYTES = 32;
/** The form of a secret: what has another is none, and costs no look-up. */
const FORM = /^[\w-]{43}$/;

/** What the browser that gave the password keeps (in a cookie that no script reads); its keyed hash is all that is stored. */
export type PendingSecret = { secret: string; expiresAt: Date };

/** Keeps a sign-in whose password was right until its second factor is given. Forgets those whose time is over. */
export async function keepPending(ctx: Ctx, tx: Tx, personId: string): Promise<PendingSecret> {
  const now = nowDate(ctx);
  await tx.pendingSignIn.deleteMany({ where: { expiresAt: { lte: now } } });
  const secret = randomBytes(SECRET_BYTES).toString("base64url");
  const expiresAt = new Date(now.getTime() + PENDING_SECONDS * 1000);
  const hash = new Uint8Array(mac("pending-sign-in", secret));
  await tx.pendingSignIn.create({ data: { hash, personId, createdAt: now, expiresAt } });
  return { secret, expiresAt };
}

export type PendingPerson = { id: string; name: string; email: string };

/** Whose sign-in waits under a secret; null where none does. */
export async function findPending(ctx: Ctx, tx: Tx, secret: string): Promise<PendingPerson | null> {
  if (!FORM.test(secret)) return null;
  const hash = { in: macCandidates("pending-sign-in", secret).map((candidate) => new Uint8Array(candidate)) };
  const found = await tx.pendingSignIn.findFirst({
    where: { hash, expiresAt: { gt: nowDate(ctx) }, tries: { lt: PENDING_TRIES } },
    select: { person: { select: { id: true, name: true, email: true } } },
  });
  return found?.person ?? null;
}

/**
 * Counts a try before its code is looked at, in one statement, so that a burst cannot slip through; false where the sign-in does
 * not wait any more, or had all its tries.
 */
export async function countTry(ctx: Ctx, secret: string): Promise<boolean> {
  const { rowCount } = await pool().query(
    `UPDATE pending_sign_in SET tries = tries + 1
     WHERE hash = ANY($1::bytea[]) AND expires_at > $2 AND tries < $3`,
    [macCandidates("pending-sign-in", secret), nowDate(ctx), PENDING_TRIES],
  );
  return (rowCount ?? 0) > 0;
}

/** Ends a sign-in's waiting: of any number of right codes at once, one goes on. False where it does not wait any more. */
export async function takePending(ctx: Ctx, tx: Tx, secret: string): Promise<boolean> {
  const taken = await tx.$executeRaw`
    DELETE FROM pending_sign_in
    WHERE hash = ANY(${macCandidates("pending-sign-in", secret)}::bytea[]) AND expires_at > ${nowDate(ctx)}`;
  return taken > 0;
}
