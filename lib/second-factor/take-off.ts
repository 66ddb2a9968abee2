import "server-only";
import type { Tx } from "@/lib/db";

/** Takes off all that a person's second factor is made of; false where there was none. */
export async function takeOff(tx: Tx, personId: string): Promise<boolean> {
  const { count } = await tx.authenticator.deleteMany({ where: { personId } });
  await tx.authenticatorEnrolment.deleteMany({ where: { personId } });
  await tx.recoveryCode.deleteMany({ where: { personId } });
  return count > 0;
}
