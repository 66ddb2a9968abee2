import "server-only";
import type { Actor, Ctx } from "@/lib/ctx";
import { agentPermissions } from "@/lib/authz/permissions";
import type { Permission } from "@/lib/authz/permissions";
import { prepareEntry } from "@/lib/audit/entry";
import { db } from "@/lib/db";
import { rethrow } from "@/lib/db-errors";
import type { MachineInput } from "@/lib/http/machine";
import { takeTurns, type Turns } from "@/lib/limit/turns";
import { credentialKind } from "@/lib/token/format";
import { hashedAs } from "@/lib/token/hash";
import { revokeTokens } from "@/lib/token/revoke";
import type { RevocationDto } from "@/lib/token/schema";
import { strangerCtx, type Caller } from "@/lib/validate/authenticate";
import { runtime } from "@/lib/validate/runtime";
import { isOauthForm, looksLikeJwt } from "./access-token-form";
import { endAccessToken } from "./end-token";
import { judgeJwt } from "./jwt";
import { revokeGrant } from "./revoke-grant";
import type { RevokingClient } from "./revoking-client";

/** Strangers' look-ups and revocations: few at once, since anybody may ask, and tool calls need the same connections. */
export const strangersTurn: Turns = takeTurns({ atOnce: 2, waiting: 100 });

const REVOKE_ONLY: ReadonlySet<Permission> = new Set<Permission>(["token.revoke", "grant.revoke"]);

/** Who asks besides holding the token: a server that showed its key, a client that showed its secret, or nobody in particular. */
export type Revoker = { server: Caller } | { client: RevokingClient } | null;

/** What was presented: its holder, and what ends it. */
type Found = {
  agentId: string | null;
  holder: Actor;
  end: (ctx: Ctx, reason: string) => Promise<RevocationDto>;
};

/**
 * RFC 7009, for static tokens and for OAuth's: a refresh token ends its whole grant, also one that was exchanged before; an access
 * token ends itself and what was exchanged from it. Who holds a token may end it: possession is the authentication, and what
 * is shown beside it says in the log who did it. A token that is unknown, malformed or ended already is no error (§2.2), and the
 * answer does not tell them apart. Recorded either way.
 * @returns `not_theirs` where a client that showed its secret presents another's token: nothing is ended (§2.1)
 * Throws `unavailable` where the database is away, or too many strangers ask at once.
 */
export async function revokePresented(
  input: MachineInput,
  revoker: Revoker,
  token: string,
): Promise<"done" | "not_theirs"> {
  const inTurn: Turns = revoker ? (work) => work() : strangersTurn;
  const judged = judge(token);
  const found = judged === null ? await inTurn(() => find(token)).catch(rethrow) : null;
  const ctx: Ctx = { ...strangerCtx(input), ...actorOf(revoker, found) };
  if (!found) return note(ctx, judged ?? "unknown_token", "failure");
  if (revoker && "client" in revoker && revoker.client.agentId !== found.agentId) {
    await note(ctx, "not_theirs", "denied");
    return "not_theirs";
  }
  const { revoked } = await inTurn(() => found.end(ctx, reasonOf(revoker)));
  return revoked === 0 ? note(ctx, "ended_before", "failure") : "done";
}

/** Together with the decisions of the same moment: an attempt of a stranger costs no commit of its own. */
async function note(ctx: Ctx, reason: string, outcome: "failure" | "denied"): Promise<"done"> {
  await runtime().recorder.record([prepareEntry(ctx, { action: "token.revoke", outcome, reason })], { durable: true });
  return "done";
}

function reasonOf(revoker: Revoker): string {
  if (!revoker) return "Revoked by its holder.";
  return "server" in revoker ? "Revoked by a server that it was presented to." : "Revoked by its client.";
}

function actorOf(revoker: Revoker, found: Found | null): Pick<Ctx, "actor"> | null {
  if (revoker && "server" in revoker) return { actor: { ...revoker.server.ctx.actor, permissions: REVOKE_ONLY } };
  if (revoker) return { actor: agentActor({ id: revoker.client.agentId, name: revoker.client.name }, null) };
  return found && { actor: found.holder };
}

const agentActor = (agent: { id: string; name: string }, personId: string | null): Actor => ({
  kind: "agent",
  agentId: agent.id,
  name: agent.name,
  personId,
  permissions: new Set([...agentPermissions(), ...REVOKE_ONLY]),
});

/** What needs no look-up. */
function judge(token: string): "malformed" | "unknown_token" | null {
  if (looksLikeJwt(token)) {
    const judged = judgeJwt(token);
    return judged === "unknown" ? "unknown_token" : judged;
  }
  const kind = credentialKind(token);
  if (kind === null) return "malformed";
  return kind === "srv" || kind === "cs" ? "unknown_token" : null;
}

async function find(token: string): Promise<Found | null> {
  if (isOauthForm(token)) return findAccessToken(token);
  return credentialKind(token) === "rt" ? findRefreshToken(token) : findStatic(token);
}

const AGENT = { agent: { select: { id: true, name: true } } } as const;

async function findStatic(token: string): Promise<Found | null> {
  const found = await db().token.findFirst({
    where: { hash: hashedAs(token) },
    select: { id: true, name: true, personId: true, agentId: true },
  });
  if (!found) return null;
  const { id, name, personId, agentId } = found;
  return {
    agentId,
    holder: { kind: "token", tokenId: id, name, personId, agentId, scopes: [], permissions: REVOKE_ONLY },
    end: (ctx, reason) => revokeTokens(ctx, { by: "tokens", id, reason, urgent: false }),
  };
}

async function findAccessToken(token: string): Promise<Found | null> {
  const found = await db().accessToken.findFirst({
    where: { hash: hashedAs(token) },
    select: { id: true, personId: true, ...AGENT },
  });
  if (!found) return null;
  return {
    agentId: found.agent.id,
    holder: agentActor(found.agent, found.personId),
    end: (ctx, reason) => endAccessToken(ctx, { id: found.id, reason }),
  };
}

async function findRefreshToken(token: string): Promise<Found | null> {
  const found = await db().refreshToken.findFirst({
    where: { hash: hashedAs(token) },
    select: { grant: { select: { id: true, personId: true, ...AGENT } } },
  });
  if (!found) return null;
  const { grant } = found;
  return {
    agentId: grant.agent.id,
    holder: agentActor(grant.agent, grant.personId),
    end: (ctx, reason) => revokeGrant(ctx, { id: grant.id, reason, urgent: false }),
  };
}
