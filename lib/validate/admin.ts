import "server-only";
import { tokenPermissions } from "@/lib/authz/permissions";
import type { Actor, Ctx } from "@/lib/ctx";
import { db } from "@/lib/db";
import { mapDbError } from "@/lib/db-errors";
import { GatehouseError } from "@/lib/errors";
import { prepareEntry, type EntryDraft } from "@/lib/audit/entry";
import type { ConsoleRole } from "@/lib/person/console-role";
import { decide, type Decision, type Facts, type TokenFacts } from "./decide";
import { loadFacts, type Asking } from "./facts";
import { runtime } from "./runtime";

/** The built-in server, Gatehouse's own admin API, as the first migration made it; nothing changes it. */
const BUILTIN: Asking = {
  id: "srv_gatehouse",
  name: "Gatehouse",
  resource: "urn:gatehouse:admin-api",
  disabled: false,
  auditLevel: "full",
};

/** The actor of an admin API call. */
export type TokenActor = Extract<Actor, { kind: "token" }>;

/**
 * Who calls the admin API: the holder of a live static token of the built-in server, by the same decision that MCP
 * servers get. Every call leaves an entry: `token.validate` where the token is good, `api.refuse` with the true reason
 * where it is not. The caller learns no more than `unauthenticated`, or `too_many_attempts` where the token's own rate
 * limit is reached. Throws `unavailable` where the decision cannot be made or recorded.
 */
export async function authenticateAdmin(anonymous: Ctx, presented: string | null): Promise<TokenActor> {
  if (presented === null) return refuse(anonymous, "no_token", null);
  const facts = await factsOf(presented);
  const nowSeconds = anonymous.nowSeconds();
  const decision = decide(facts, { clientIp: anonymous.source.ip ?? undefined }, nowSeconds);
  const token = typeof facts.token === "string" ? null : facts.token;
  if (token === null || decision.decision === "deny") return refuse(anonymous, decision.reason, token);
  const taken = token.rateLimit ? await runtime().limiter.take(token.id, token.rateLimit) : null;
  if (taken && !taken.allowed) {
    return refuse(anonymous, "rate_limited", token, taken.state.resetAtSeconds - nowSeconds);
  }
  const actor = actorOf(token, decision, await consoleRoleOf(token));
  try {
    await record(
      { ...anonymous, actor },
      { action: "token.validate", outcome: "allow", reason: "ok", ...about(token, decision.scopes) },
    );
  } catch (error) {
    taken?.giveBack();
    throw error;
  }
  noteUse(anonymous, token, true);
  return actor;
}

/** Together with whatever else this process records just now, and on disk before the call goes on. */
function record(ctx: Ctx, draft: EntryDraft): Promise<void> {
  return runtime().recorder.record([prepareEntry(ctx, draft)], { durable: true });
}

function noteUse(ctx: Ctx, token: TokenFacts, allowed: boolean): void {
  const place = token.forServer ? { serverId: BUILTIN.id, ip: ctx.source.ip, tool: null } : null;
  runtime().activity.note({ tokenId: token.id, allowed, atSeconds: ctx.nowSeconds(), place });
}

async function factsOf(presented: string): Promise<Facts> {
  try {
    const [facts] = await loadFacts(BUILTIN, [{ token: presented }]);
    if (!facts) throw new Error("no facts for the only question");
    return facts;
  } catch (error) {
    throw mapDbError(error) ?? new GatehouseError("unavailable", { cause: error, internal: "the look-up failed" });
  }
}

/** A token for a person never does more than the person may in the console; an agent's own token has no such limit. */
async function consoleRoleOf(token: TokenFacts): Promise<ConsoleRole | null> {
  if (!token.person) return null;
  try {
    const person = await db().person.findUniqueOrThrow({
      where: { id: token.person.id },
      select: { consoleRole: true },
    });
    return person.consoleRole;
  } catch (error) {
    throw mapDbError(error) ?? error;
  }
}

function actorOf(token: TokenFacts, decision: Decision, consoleRole: ConsoleRole | null): TokenActor {
  return {
    kind: "token",
    tokenId: token.id,
    name: token.name,
    personId: token.person?.id ?? null,
    agentId: token.agent?.id ?? null,
    scopes: decision.scopes,
    permissions: tokenPermissions(decision.scopes, consoleRole),
  };
}

async function refuse(
  anonymous: Ctx,
  reason: string,
  token: TokenFacts | null,
  retryAfterSeconds?: number,
): Promise<never> {
  await record(anonymous, { action: "api.refuse", outcome: "denied", reason, ...(token ? about(token) : {}) });
  if (token) noteUse(anonymous, token, false);
  if (reason === "rate_limited") throw new GatehouseError("too_many_attempts", { retryAfterSeconds });
  throw new GatehouseError("unauthenticated", {
    detail: "Send a live token of the admin API as: Authorization: Bearer gth_adm_…",
  });
}

function about(token: TokenFacts, scopes?: readonly string[]) {
  return {
    person: token.person,
    agent: token.agent,
    server: { id: BUILTIN.id, name: BUILTIN.name },
    role: token.role.id === null ? null : { id: token.role.id, name: token.role.name },
    credential: { id: token.id, kind: "static", name: token.name, masked: token.masked, scopes },
  };
}
