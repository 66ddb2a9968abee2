import "server-only";
import { changesBetween } from "@/lib/audit/changes";
import { db, type Tx } from "@/lib/db";
import { env, EnvError } from "@/lib/env";
import { GatehouseError } from "@/lib/errors";
import { newId } from "@/lib/id";
import { emailField } from "@/lib/fields";
import { jobCtx } from "@/lib/job-ctx";
import { lockPerson } from "@/lib/person/lock";
import { METHOD } from "@/lib/second-factor/classes";
import { defineVerb, type VerbScope } from "@/lib/verb";
import { makeLink, requireLink, useUpLink } from "./link";
import { endSessions, openSession, type OpenedSession } from "./open";
import { hashPassword } from "./password";
import type { FirstRunInput } from "./schema";

async function ownerExists(tx: Tx): Promise<boolean> {
  const owner = await tx.person.findFirst({ where: { consoleRole: "owner", status: "active" }, select: { id: true } });
  return owner !== null;
}

/** True until the first owner exists. For the page that says so. */
export async function isFirstRun(): Promise<boolean> {
  return !(await ownerExists(db()));
}

/** Two first runs at the same moment take turns, and the second finds an owner. */
const takeTurn = (tx: Tx) => tx.$executeRaw`SELECT pg_advisory_xact_lock(7270736902)`;

type FirstOwner = { name: string; email: string; passwordHash: string };

async function insertOwner({ tx, record }: VerbScope, owner: FirstOwner): Promise<string> {
  const id = newId("person");
  await tx.person.create({ data: { id, ...owner, consoleRole: "owner", status: "active" }, select: { id: true } });
  record({
    action: "person.first_run",
    outcome: "success",
    target: { kind: "person", id, name: owner.name },
    person: { id, name: owner.name },
    changes: [
      { field: "email", before: null, after: owner.email },
      { field: "name", before: null, after: owner.name },
      { field: "consoleRole", before: null, after: "owner" },
    ],
  });
  return id;
}

/**
 * Creates the first owner by the one-time link, and signs them in. Errors: `first_run_done`, `link_not_found`,
 * `link_expired`, `email_taken`.
 */
export const completeFirstRun = defineVerb(
  { action: "person.first_run", permission: "anyone" },
  async (scope, input: FirstRunInput): Promise<OpenedSession> => {
    const { ctx, tx } = scope;
    await takeTurn(tx);
    if (await ownerExists(tx)) throw new GatehouseError("first_run_done", { refusal: true });
    const link = await requireLink(ctx, tx, "first_run", input.link);
    const { name, email } = input;
    const personId = await insertOwner(scope, { name, email, passwordHash: await hashPassword(input.password) });
    await useUpLink(ctx, tx, link);
    const session = await openSession(ctx, tx, { personId, method: "first_run", amr: [METHOD.password] });
    scope.record({
      action: "session.sign_in",
      outcome: "success",
      target: { kind: "session", id: session.sessionId },
      person: { id: personId, name },
      details: { method: "first_run" },
    });
    return session;
  },
);

/**
 * Makes the person whom the operator names the owner: with the operator's password, and nothing left of what others may
 * know (sessions, open links). Somebody suspended stays so: that was decided here, and a setting must not undo it.
 */
async function raiseToOwner(scope: VerbScope, personId: string, passwordHash: string): Promise<void> {
  const { ctx, tx, record } = scope;
  const before = await lockPerson(scope, personId);
  if (before.status === "suspended")
    throw new EnvError("GATEHOUSE_ADMIN_EMAIL is the address of somebody who is suspended: name another address.");
  const after = { consoleRole: "owner", status: "active" } as const;
  await tx.person.update({ where: { id: before.id }, data: { ...after, passwordHash } });
  const person = { id: before.id, name: before.name };
  record({
    action: "person.first_run",
    outcome: "success",
    reason: "raised",
    target: { kind: "person", ...person },
    person,
    changes: changesBetween(before, after),
    details: {
      linksEnded: (await tx.oneTimeLink.deleteMany({ where: { personId: before.id, usedAt: null } })).count,
      sessionsEnded: await endSessions(ctx, tx, before.id),
    },
  });
  await scope.narrow([{ kind: "person", id: before.id }]);
}

const prepareFirstRun = defineVerb(
  { action: "person.first_run", permission: "person.elevate" },
  async (scope): Promise<string | null> => {
    const { ctx, tx } = scope;
    await takeTurn(tx);
    if (await ownerExists(tx)) return null;
    const { GATEHOUSE_ADMIN_EMAIL: given, GATEHOUSE_ADMIN_PASSWORD: password } = env();
    if (!given || !password) return (await makeLink(ctx, tx, { purpose: "first_run", personId: null })).url;
    const email = emailField.parse(given);
    const passwordHash = await hashPassword(password);
    const known = await tx.person.findUnique({ where: { email }, select: { id: true } });
    if (known) await raiseToOwner(scope, known.id, passwordHash);
    else await insertOwner(scope, { name: email.slice(0, email.indexOf("@")), email, passwordHash });
    return null;
  },
);

/**
 * For the launcher, after migrating: sees to it that there is, or can be, an owner. Where none is active it creates the
 * one of `GATEHOUSE_ADMIN_EMAIL` and `GATEHOUSE_ADMIN_PASSWORD`, or raises the person who has that address (throws
 * `EnvError` where they are suspended); without those it returns the URL of the first-run page
 * with a new one-time link (24 h), to be printed and nothing else. Null where there is nothing to do. Each start replaces
 * the link of the one before.
 */
export function ensureFirstOwner(): Promise<string | null> {
  return prepareFirstRun(jobCtx("start"), undefined);
}
