import "server-only";
import type { Ctx } from "@/lib/ctx";
import { prepareEntry } from "@/lib/audit/entry";
import { db } from "@/lib/db";
import type { MachineInput } from "@/lib/http/machine";
import { takeTurns, type Turns } from "@/lib/limit/turns";
import { credentialKind } from "@/lib/token/format";
import { hashCandidates } from "@/lib/token/hash";
import { revokeTokens } from "@/lib/token/revoke";
import { rethrow, strangerCtx, type Caller } from "@/lib/validate/authenticate";
import { runtime } from "@/lib/validate/runtime";

/** Strangers' look-ups and revocations: few at once, since anybody may ask, and tool calls need the same connections. */
const strangersTurn = takeTurns({ atOnce: 2, waiting: 100 });

const REVOKE_ONLY = new Set(["token.revoke"] as const);

/**
 * RFC 7009 for static tokens. Who holds a token's secret may end it: possession is the authentication, a server key
 * beside it only says in the log who did it. A token that is unknown, malformed or ended already is no error (§2.2),
 * and the answer does not tell them apart. Recorded either way. Throws `unavailable` where the database is away, or too many
 * strangers ask at once.
 */
export async function revokePresented(input: MachineInput, caller: Caller | null, token: string): Promise<void> {
  const inTurn: Turns = caller ? (work) => work() : strangersTurn;
  const kind = credentialKind(token);
  const found = kind === null || kind === "srv" ? null : await inTurn(() => findToken(token)).catch(rethrow);
  if (!found) {
    const reason = kind === null ? "malformed" : "unknown_token";
    const entry = prepareEntry(caller?.ctx ?? strangerCtx(input), {
      action: "token.revoke",
      outcome: "failure",
      reason,
    });
    // Together with the decisions of the same moment: an attempt of a stranger costs no commit of its own.
    return runtime().recorder.record([entry], { durable: true });
  }
  const actor: Ctx["actor"] = caller
    ? { ...caller.ctx.actor, permissions: REVOKE_ONLY }
    : {
        kind: "token",
        tokenId: found.id,
        name: found.name,
        personId: found.personId,
        agentId: found.agentId,
        scopes: [],
        permissions: REVOKE_ONLY,
      };
  const ctx: Ctx = { ...strangerCtx(input), actor };
  const reason = caller ? "Revoked by a server that it was presented to." : "Revoked by its holder.";
  await inTurn(() => revokeTokens(ctx, { by: "tokens", id: found.id, reason, urgent: false }));
}

async function findToken(token: string) {
  return db().token.findFirst({
    where: { hash: { in: hashCandidates(token).map((hash) => new Uint8Array(hash)) } },
    select: { id: true, name: true, personId: true, agentId: true },
  });
}
