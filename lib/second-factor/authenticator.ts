import "server-only";
import { randomBytes } from "node:crypto";
import { isSealedAnew, open, seal } from "@/lib/crypto/seal";
import type { Ctx } from "@/lib/ctx";
import type { Tx } from "@/lib/db";
import { SECRET_BYTES, stepOfCode } from "./totp";

/** Blobs open only for the person whose they are. */
const contextOf = (personId: string): string => `authenticator:${personId}`;

const sealSecret = (personId: string, secret: Buffer): Uint8Array<ArrayBuffer> =>
  new Uint8Array(seal(secret.toString("base64"), contextOf(personId)));

/** True where the person has a second factor. */
export async function hasSecondFactor(tx: Tx, personId: string): Promise<boolean> {
  return (await tx.authenticator.findUnique({ where: { personId }, select: { personId: true } })) !== null;
}

/** A new secret, as it is shown and as it is kept. */
export function newSecret(personId: string): { secret: Buffer; sealed: Uint8Array<ArrayBuffer> } {
  const secret = randomBytes(SECRET_BYTES);
  return { secret, sealed: sealSecret(personId, secret) };
}

/** The secret in a blob. Throws where none of the present keys made it: nothing can be proved with it any more. */
export function openSecret(personId: string, sealed: Uint8Array): Buffer {
  const plain = open(sealed, contextOf(personId));
  if (plain === null) throw new Error(`the authenticator secret of ${personId} cannot be opened with GATEHOUSE_SECRET`);
  return Buffer.from(plain, "base64");
}

/**
 * Uses up a code of a person's app: its step becomes the last one, in one statement, so that of any number of tries at once one
 * counts. False where it is none, was used, or is older than one that was used.
 */
export async function takeAppCode(ctx: Ctx, tx: Tx, personId: string, code: string): Promise<boolean> {
  const app = await tx.authenticator.findUnique({ where: { personId }, select: { sealedSecret: true } });
  if (!app) return false;
  const secret = openSecret(personId, app.sealedSecret);
  const step = stepOfCode(secret, code, ctx.nowSeconds());
  if (step === null) return false;
  const sealedSecret = isSealedAnew(app.sealedSecret) ? undefined : sealSecret(personId, secret);
  const { count } = await tx.authenticator.updateMany({
    where: { personId, sealedSecret: app.sealedSecret, lastStep: { lt: step } },
    data: { lastStep: step, sealedSecret },
  });
  return count > 0;
}
