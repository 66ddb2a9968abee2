import { CONSOLE_ROLE_PERMISSIONS, anonymousPermissions, systemPermissions } from "@/lib/authz/permissions";
import type { Actor, Ctx } from "@/lib/ctx";
import { newId } from "@/lib/id";
import type { ConsoleRole } from "@/lib/person/console-role";

const source = { ip: "192.0.2.10", userAgent: "vitest" };
const nowSeconds = () => Date.now() / 1000;

/** A ctx for tests, with any actor. */
export function ctxOf(actor: Actor, overrides: Partial<Ctx> = {}): Ctx {
  return { actor, requestId: newId("request"), source, nowSeconds, ...overrides };
}

/** Gatehouse itself: everything is permitted. */
export const systemCtx = (overrides: Partial<Ctx> = {}): Ctx =>
  ctxOf({ kind: "system", job: "test", permissions: systemPermissions() }, overrides);

export const anonymousCtx = (overrides: Partial<Ctx> = {}): Ctx =>
  ctxOf({ kind: "anonymous", permissions: anonymousPermissions() }, overrides);

/** A signed-in person who has just proved who they are. */
export function personCtx(
  person: { id: string; name?: string; email?: string; nameRef?: string; emailRef?: string; consoleRole: ConsoleRole },
  overrides: Partial<Ctx> & { reauthenticatedAtSeconds?: number; amr?: readonly string[] } = {},
): Ctx {
  const { reauthenticatedAtSeconds = nowSeconds(), amr = ["pwd"], ...rest } = overrides;
  const actor: Actor = {
    kind: "person",
    personId: person.id,
    name: person.name ?? "Test person",
    email: person.email ?? "test@example.com",
    ...(person.nameRef === undefined ? {} : { nameRef: person.nameRef }),
    ...(person.emailRef === undefined ? {} : { emailRef: person.emailRef }),
    consoleRole: person.consoleRole,
    sessionId: newId("session"),
    reauthenticatedAtSeconds,
    amr,
    owes: null,
    permissions: CONSOLE_ROLE_PERMISSIONS[person.consoleRole],
  };
  return ctxOf(actor, rest);
}
