import "server-only";
import type { Actor, Ctx } from "@/lib/ctx";
import { db } from "@/lib/db";
import { fieldError, GatehouseError } from "@/lib/errors";
import type { AuditAction } from "@/lib/audit/catalogue";
import { recordAlone } from "@/lib/verb";
import { verifyPassword } from "./password";
import { admitProof } from "./throttle";

type PersonActor = Extract<Actor, { kind: "person" }>;

/** The actor as a signed-in person. Throws `unauthenticated` for everybody else: sessions belong to people. */
export function requirePersonActor(ctx: Ctx): PersonActor {
  if (ctx.actor.kind === "person") return ctx.actor;
  throw new GatehouseError("unauthenticated", { detail: "Sign in first." });
}

/**
 * Has the signed-in person prove their password; a wrong one is counted, recorded under `action`, and told for `field`.
 * Errors: `too_many_attempts`, `unauthenticated` (with the field).
 */
export async function provePassword(ctx: Ctx, action: AuditAction, field: string, password: string): Promise<void> {
  const actor = requirePersonActor(ctx);
  const refuse = (reason: string) =>
    recordAlone(ctx, [
      {
        action,
        outcome: "denied",
        reason,
        target: { kind: "person", id: actor.personId, name: actor.name },
        person: { id: actor.personId, name: actor.name },
      },
    ]);
  const attempt = await admitProof(actor.sessionId, ctx.nowSeconds()).catch(async (error: unknown) => {
    if (error instanceof GatehouseError) await refuse("throttled");
    throw error;
  });
  const person = await db().person.findUnique({ where: { id: actor.personId }, select: { passwordHash: true } });
  if (!(await verifyPassword(person?.passwordHash ?? null, password))) {
    await refuse(person?.passwordHash ? "bad_password" : "no_password");
    throw fieldError("unauthenticated", field, "The password is wrong.");
  }
  await attempt.succeeded();
}
