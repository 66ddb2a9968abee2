import "server-only";
import type { AuditAction } from "@/lib/audit/catalogue";
import type { Ctx } from "@/lib/ctx";
import { fieldError, GatehouseError } from "@/lib/errors";
import { admitCode } from "@/lib/session/throttle";
import { recordAlone, type VerbScope } from "@/lib/verb";
import { takeAppCode } from "./authenticator";
import { codesLeft, looksLikeRecoveryCode, takeRecoveryCode } from "./recovery-codes";

type Person = { id: string; name: string };

/** By what somebody gave their second factor: a code of their app, or a recovery code. */
export type GivenBy = "app" | "recovery_code";

/** What a page says of every code that does not count, whatever the reason. */
export const wrongCode = (): GatehouseError =>
  fieldError("unauthenticated", "code", "This code is wrong, was used already, or has expired.");

/**
 * Uses up a code of a person's second factor in the transaction of what it is for: where that does not happen, the code was
 * not used. Null where it does not count. A recovery code is recorded, with how many are left.
 */
export async function takeCode(
  { ctx, tx, record }: Pick<VerbScope, "ctx" | "tx" | "record">,
  person: Person,
  code: string,
): Promise<GivenBy | null> {
  if (!looksLikeRecoveryCode(code))
    return (await takeAppCode(ctx, tx, person.id, code.replace(/\s/g, ""))) ? "app" : null;
  if (!(await takeRecoveryCode(ctx, tx, person.id, code))) return null;
  record({
    action: "person.recovery_code_use",
    outcome: "success",
    target: { kind: "person", id: person.id, name: person.name },
    person,
    details: { left: await codesLeft(tx, person.id) },
  });
  return "recovery_code";
}

/**
 * Has a code of a person tried: counted first, and recorded under `action` where it does not count (`work` answers null).
 * Errors: `too_many_attempts`, `unauthenticated` (field `code`).
 */
export async function attemptCode<T>(
  ctx: Ctx,
  person: Person,
  action: AuditAction,
  work: () => Promise<T | null>,
): Promise<T> {
  const about = { id: person.id, name: person.name };
  const refuse = (reason: string) =>
    recordAlone(ctx, [{ action, outcome: "denied", reason, target: { kind: "person", ...about }, person: about }]);
  const attempt = await admitCode(person.id, ctx.source.ip, ctx.nowSeconds()).catch(async (error: unknown) => {
    if (error instanceof GatehouseError) await refuse("throttled");
    throw error;
  });
  const done = await work();
  if (done === null) {
    await refuse("bad_code");
    throw wrongCode();
  }
  await attempt.succeeded();
  return done;
}
