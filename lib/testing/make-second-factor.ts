import { db } from "@/lib/db";
import { newSecret } from "@/lib/second-factor/authenticator";
import { renewCodes } from "@/lib/second-factor/recovery-codes";
import { codeOf, stepAt } from "@/lib/second-factor/totp";
import { systemCtx } from "./ctx";

/** A person's authenticator app and recovery codes, as rows; `code` is what the app shows now, or `steps` later. */
export async function makeSecondFactor(personId: string) {
  const { secret, sealed } = newSecret(personId);
  await db().authenticator.create({ data: { personId, sealedSecret: sealed, lastStep: 0 } });
  const recoveryCodes = await renewCodes(systemCtx(), db(), personId);
  return { recoveryCodes, code: (steps = 0) => codeOf(secret, stepAt(Date.now() / 1000) + steps) };
}
