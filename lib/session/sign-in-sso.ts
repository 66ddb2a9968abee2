import "server-only";
import { nowDate, type Ctx } from "@/lib/ctx";
import { GatehouseError } from "@/lib/errors";
import { newId } from "@/lib/id";
import { lockPerson } from "@/lib/person/lock";
import { defineVerb, recordAlone, type VerbScope } from "@/lib/verb";
import { openSession, type OpenedSession } from "./open";
import { accountMark } from "./throttle";

/** What the identity provider's checked ID token says (OpenID Connect Core §2). */
export type Identity = {
  issuer: string;
  subject: string;
  email: string | null;
  emailVerified: boolean;
  /** `auth_time`: when the provider last had the person prove who they are, Unix seconds. */
  authTimeSeconds: number | null;
  /** How the provider had them prove it (`methodsOf`). */
  amr: readonly string[];
};

type Input = { identity: Identity; replaces?: string | null };

/** Whom an identity belongs to, or why it is refused; the reason stands in the audit log alone. */
type Found =
  { personId: string } | { refused: "email_not_verified" | "not_invited" | "linked_to_another" | "suspended" };

/**
 * The person of the identity; at its first time found by the verified e-mail and linked. An address that is linked to
 * another subject of the same provider finds nobody: providers give addresses of those who left to those who come.
 */
async function findOrLink(scope: VerbScope, identity: Identity): Promise<Found> {
  const { ctx, tx } = scope;
  const { issuer, subject } = identity;
  const link = { where: { issuer_subject: { issuer, subject } }, select: { personId: true } };
  const linked = await tx.personIdentity.findUnique(link);
  if (linked) {
    await lockPerson(scope, linked.personId); // whoever unlinks them at this moment comes wholly before or after
    if (await tx.personIdentity.findUnique(link)) return linked;
  }
  if (!identity.email || !identity.emailVerified) return { refused: "email_not_verified" };
  const person = await tx.person.findUnique({
    where: { email: identity.email.trim().toLowerCase() },
    select: { id: true },
  });
  if (!person) return { refused: "not_invited" };
  const { status } = await lockPerson(scope, person.id); // two first sign-ins take turns
  if (status === "suspended") return { refused: "suspended" };
  const links = await tx.personIdentity.findMany({
    where: { personId: person.id, issuer },
    select: { subject: true },
  });
  if (links.some((link) => link.subject !== subject)) return { refused: "linked_to_another" };
  if (links.length === 0)
    await tx.personIdentity.create({
      data: { id: newId("identity"), personId: person.id, issuer, subject, createdAt: nowDate(ctx) },
    });
  return { personId: person.id };
}

const complete = defineVerb(
  { action: "session.sign_in", permission: "anyone" },
  async (scope, { identity, replaces }: Input): Promise<OpenedSession | { refused: string }> => {
    const { ctx, tx, record } = scope;
    const found = await findOrLink(scope, identity);
    if ("refused" in found) return found;
    const person = await lockPerson(scope, found.personId);
    if (person.status === "suspended") return { refused: "suspended" };
    const about = { id: person.id, name: person.name };
    if (person.status === "invited") {
      await tx.person.update({ where: { id: person.id }, data: { status: "active" } });
      record({
        action: "person.accept_invitation",
        outcome: "success",
        target: { kind: "person", ...about },
        person: about,
        changes: [{ field: "status", before: "invited", after: "active" }],
      });
    }
    // Without the provider's word on when the person proved it, it does not count as recent.
    const provedAt = Math.min(identity.authTimeSeconds ?? 0, ctx.nowSeconds());
    const reauthenticatedAt = new Date(provedAt * 1000);
    const session = await openSession(ctx, tx, {
      personId: person.id,
      method: "sso",
      amr: identity.amr,
      reauthenticatedAt,
      replaces,
    });
    record({
      action: "session.sign_in",
      outcome: "success",
      target: { kind: "session", id: session.sessionId },
      person: about,
      details: { method: "sso", issuer: identity.issuer, amr: identity.amr },
    });
    return session;
  },
);

/**
 * Signs in with an identity that the provider vouches for. Only people who exist (invited or active) get in: an account
 * is never made by itself. Every attempt is recorded. Errors: `unauthenticated`.
 */
export async function signInWithIdentity(ctx: Ctx, input: Input): Promise<OpenedSession> {
  const result = await complete(ctx, input);
  if ("sessionId" in result) return result;
  const account = accountMark(input.identity.email?.trim().toLowerCase() ?? "");
  const details = { method: "sso", issuer: input.identity.issuer, account };
  await recordAlone(ctx, [{ action: "session.sign_in", outcome: "denied", reason: result.refused, details }]);
  throw new GatehouseError("unauthenticated", { detail: "This account may not sign in here." });
}
